# Greek
# Beside the capitals of the alphabet and what CLDR knows; see NonbreakingPrefixes.

κ
κκ
κα
κος
Κος
δρ
Δρ
καθ
Καθ
π
δηλ
Δηλ
βλ
Βλ
εκ
δισ
χιλ
τηλ
Τηλ
Αγ
αγ
λεωφ
Λεωφ
πλ
Πλ
τ
χλμ
Ιαν
Φεβ
Μαρ
Απρ
Μαΐ
Ιουν
Ιουλ
Αυγ
Σεπ
Σεπτ
Οκτ
Νοε
Νοεμ
Δεκ
Δευ
Τετ
Πέμ
Παρ
Σάβ
Κυρ

αρ #NUMERIC_ONLY#
Αρ #NUMERIC_ONLY#
αριθ #NUMERIC_ONLY#
Αριθ #NUMERIC_ONLY#
σελ #NUMERIC_ONLY#
Σελ #NUMERIC_ONLY#
σσ #NUMERIC_ONLY#
κεφ #NUMERIC_ONLY#
Κεφ #NUMERIC_ONLY#
άρθρ #NUMERIC_ONLY#
Άρθρ #NUMERIC_ONLY#
παρ #NUMERIC_ONLY#
εδ #NUMERIC_ONLY#
πίν #NUMERIC_ONLY#
Πίν #NUMERIC_ONLY#
εικ #NUMERIC_ONLY#
Εικ #NUMERIC_ONLY#
