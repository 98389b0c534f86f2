# Czech
# Beside the capitals of the alphabet and what CLDR knows; see NonbreakingPrefixes.

p
pí
sl
Dr
MUDr
JUDr
PhDr
RNDr
MVDr
PharmDr
ThDr
ThLic
Ing
Mgr
MgA
Bc
BcA
prof
Prof
doc
Doc
gen
Gen
plk
pplk
mjr
kpt
por
npor
sv
Sv
ul
nám
tř
tzv
Tzv
tzn
Tzn
tj
Tj
např
Např
resp
mj
Mj
popř
Popř
příp
Příp
srov
Srov
pozn
Pozn
tel
Tel
zn
st
ml
min
max
mil
mld
tis
okr
red
ed
angl
něm
lat
franc

č #NUMERIC_ONLY#
čl #NUMERIC_ONLY#
Čl #NUMERIC_ONLY#
odst #NUMERIC_ONLY#
str #NUMERIC_ONLY#
Str #NUMERIC_ONLY#
obr #NUMERIC_ONLY#
Obr #NUMERIC_ONLY#
tab #NUMERIC_ONLY#
Tab #NUMERIC_ONLY#
roč #NUMERIC_ONLY#
kap #NUMERIC_ONLY#
Kap #NUMERIC_ONLY#
s #NUMERIC_ONLY#
