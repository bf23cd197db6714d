/** Yodel as a user gets it: by coordinates, from a repository. */
@NullMarked
package dev.yodel.interop.consumer;

import org.jspecify.annotations.NullMarked;
