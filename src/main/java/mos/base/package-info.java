/** What every package may use: errors, atomic files, derived seeds, JSON. */
package mos.base;
