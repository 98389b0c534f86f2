/**
 * The embedded task {@code sample}: a parallel text, English to German, that needs no download and
 * is the same on every machine.
 *
 * <p>It is for trying the whole pipeline in minutes on a CPU. So it must be small and regular, and
 * still a translation task: some eighty sentence frames, each with its German counterpart, whose
 * slots are filled from the Unicode Common Locale Data Repository (CLDR) through ICU4J. CLDR gives
 * numbers and ordinals in words, years, dates, times, durations, relative times, measures with
 * units (in the German case that the frame asks for), money with currency names, lists, and the
 * names of regions, languages and cities; a small lexicon gives persons and things. What a model
 * has to learn from it is what makes German from English: words out of their order
 * (<i>vierundzwanzig</i>, the verb at the end of a clause, the second part of a separable verb),
 * gender and case of articles, ordinals and plurals, decimal commas, compounds in one word, and
 * copying. Every English sentence has exactly one German one. Long numbers and lists of names make
 * small networks measurably worse than large ones.
 *
 * <p>Numbers are skewed to small values. Years lie in 1950 to 2025. English is British, as CLDR has
 * it. Sentences come untokenised, as if from the wild, and go through the real preprocessing.
 *
 * <p>Start with {@link mos.sample.SampleCorpus}: it draws frames and fillers from one seeded
 * generator and keeps a pair when both of its sentences are new, so that the splits do not overlap.
 * {@code frames.tsv} and {@code lexicon.tsv} beside the classes hold the words. Nothing depends on
 * the machine's locale, time zone or Java version; another version of ICU4J may bring other words,
 * which the golden checksum in the tests would show.
 *
 * <p>Source: Unicode CLDR 47 as in ICU4J 77.1, under the Unicode License v3, which allows use and
 * redistribution with its notice; ICU4J is a library beside ours and carries that notice. The
 * frames and the lexicon are ours and under the project's licence.
 */
package mos.sample;
