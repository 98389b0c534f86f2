# Swedish
# Beside the capitals of the alphabet and what CLDR knows; see NonbreakingPrefixes.

dr
Dr
prof
Prof
hr
Hr
fr
Fr
frk
kapt
löjt
gen
ca
Ca
bil
jfr
Jfr
jmf
resp
dvs
ev
enl
Enl
inkl
exkl
fd
tel
Tel
tfn
mkt
max
milj
mdr
st
uppl
utg
red
övers
jan
febr
apr
aug
sept
okt
nov
dec

nr #NUMERIC_ONLY#
Nr #NUMERIC_ONLY#
s #NUMERIC_ONLY#
sid #NUMERIC_ONLY#
Sid #NUMERIC_ONLY#
kap #NUMERIC_ONLY#
Kap #NUMERIC_ONLY#
fig #NUMERIC_ONLY#
Fig #NUMERIC_ONLY#
tab #NUMERIC_ONLY#
Tab #NUMERIC_ONLY#
