/** Lines of text between two terminals, or a terminal and a browser. */
@NullMarked
package dev.yodel.examples.chat;

import org.jspecify.annotations.NullMarked;
