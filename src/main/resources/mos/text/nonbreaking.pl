# Polish
# Beside the capitals of the alphabet and what CLDR knows; see NonbreakingPrefixes.

dr
Dr
hab
prof
Prof
inż
Inż
doc
Doc
ks
Ks
bp
Bp
abp
kard
św
Św
gen
Gen
płk
ppłk
mjr
kpt
por
ppor
sierż
st
im
ul
Ul
al
Al
pl
Pl
os
tel
Tel
np
Np
tzn
Tzn
tzw
Tzw
tj
Tj
jw
ok
zob
Zob
ww
tys
godz
min
maks

str #NUMERIC_ONLY#
Str #NUMERIC_ONLY#
s #NUMERIC_ONLY#
art #NUMERIC_ONLY#
Art #NUMERIC_ONLY#
ust #NUMERIC_ONLY#
rozdz #NUMERIC_ONLY#
Rozdz #NUMERIC_ONLY#
rys #NUMERIC_ONLY#
Rys #NUMERIC_ONLY#
tab #NUMERIC_ONLY#
Tab #NUMERIC_ONLY#
