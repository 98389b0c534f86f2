/**
 * What the program finds: a record for each file that it writes and for each object that {@code
 * --json} prints. Whoever writes a file and whoever reads it share the record, so a key is spelled
 * once, as the name of a component.
 *
 * <p>Start with {@link mos.results.ResultJson}. Component names become keys in snake case. A
 * component of a primitive type must be there when a file is read; one of another type may be
 * missing, and is null then, which is not written, unless the record says so. Groups that stand
 * flat in their file are records with {@code JsonUnwrapped}. A number that is not known is null,
 * never NaN.
 */
package mos.results;
