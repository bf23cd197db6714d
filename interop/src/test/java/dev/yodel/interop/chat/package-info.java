/** The chat of the examples between a terminal and a browser's page. */
@NullMarked
package dev.yodel.interop.chat;

import org.jspecify.annotations.NullMarked;
