# Malayalam
# Beside the capitals of the alphabet and what CLDR knows; see NonbreakingPrefixes.

ഡോ
രൂ
നം
