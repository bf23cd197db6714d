/** What this machine offers a call. */
@NullMarked
package dev.yodel.examples.doctor;

import org.jspecify.annotations.NullMarked;
