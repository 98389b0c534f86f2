/**
 * The program's HTTP server: what it answers is given to it, what it refuses it knows itself. Start
 * at {@link mos.web.WebServer}.
 */
package mos.web;
