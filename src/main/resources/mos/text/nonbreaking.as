# Assamese
# Beside the capitals of the alphabet and what CLDR knows; see NonbreakingPrefixes.

ড
ডা
মিঃ
নং
