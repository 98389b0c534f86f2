# Spanish
# Beside the capitals of the alphabet and what CLDR knows; see NonbreakingPrefixes.

Sr
Sra
Sres
Sras
Srta
Dr
Dra
Drs
Dras
D
Dña
Lic
Licda
Ing
Arq
Prof
Profa
Gral
Cap
Cmdte
Cnel
Tte
Sgto
Mons
Rvdo
Av
Avda
Pza
Ctra
Cía
Ud
Uds
Vd
Vds
EE
sr
sra
dr
dra
prof
aprox
tel
Tel
ej
Ej
cf
Cf
ed

núm #NUMERIC_ONLY#
Núm #NUMERIC_ONLY#
pág #NUMERIC_ONLY#
págs #NUMERIC_ONLY#
Pág #NUMERIC_ONLY#
art #NUMERIC_ONLY#
Art #NUMERIC_ONLY#
fig #NUMERIC_ONLY#
Fig #NUMERIC_ONLY#
vol #NUMERIC_ONLY#
Vol #NUMERIC_ONLY#
No #NUMERIC_ONLY#
p #NUMERIC_ONLY#
pp #NUMERIC_ONLY#
