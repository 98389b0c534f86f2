# Slovenian
# Beside the capitals of the alphabet and what CLDR knows; see NonbreakingPrefixes.

g
gdč
dr
Dr
mag
Mag
prof
Prof
doc
Doc
inž
univ
dipl
akad
sv
Sv
npr
Npr
tj
oz
ti
prim
Prim
gl
Gl
tel
Tel
ul
Ul
gen
polk
maj
stot
por
maks
mio
mrd
tis

št #NUMERIC_ONLY#
Št #NUMERIC_ONLY#
str #NUMERIC_ONLY#
Str #NUMERIC_ONLY#
čl #NUMERIC_ONLY#
Čl #NUMERIC_ONLY#
odst #NUMERIC_ONLY#
tab #NUMERIC_ONLY#
Tab #NUMERIC_ONLY#
pogl #NUMERIC_ONLY#
Pogl #NUMERIC_ONLY#
