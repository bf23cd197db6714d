/** Publishing and watching over HTTP: WHIP and WHEP. */
@NullMarked
package dev.yodel.examples.whip;

import org.jspecify.annotations.NullMarked;
