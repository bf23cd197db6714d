/** A small web server: a few pages and text WebSockets on one port. */
@NullMarked
package dev.yodel.examples.web;

import org.jspecify.annotations.NullMarked;
