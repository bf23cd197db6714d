@NullMarked
package dev.yodel.dtls.bc;

import org.jspecify.annotations.NullMarked;
