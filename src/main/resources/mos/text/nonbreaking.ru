# Russian
# Beside the capitals of the alphabet and what CLDR knows; see NonbreakingPrefixes.

г
гг
ул
Ул
пр
просп
пер
пл
наб
бул
д
корп
кв
см
См
ср
Ср
т
напр
Напр
им
св
Св
проф
Проф
доц
акад
инж
ген
полк
лейт
гр
тов
руб
коп
тыс
млн
млрд
экз
мин
макс
обл
пос
дер
тел
Тел
н
до
янв
фев
февр
мар
апр
авг
сен
сент
окт
ноя
нояб
дек

стр #NUMERIC_ONLY#
Стр #NUMERIC_ONLY#
с #NUMERIC_ONLY#
рис #NUMERIC_ONLY#
Рис #NUMERIC_ONLY#
табл #NUMERIC_ONLY#
Табл #NUMERIC_ONLY#
гл #NUMERIC_ONLY#
Гл #NUMERIC_ONLY#
ст #NUMERIC_ONLY#
п #NUMERIC_ONLY#
пп #NUMERIC_ONLY#
