/** Data channels with other people's stacks: a small bot in each of their languages, and one list of checks for all. */
@NullMarked
package dev.yodel.interop.data;

import org.jspecify.annotations.NullMarked;
