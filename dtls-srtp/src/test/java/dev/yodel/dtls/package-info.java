@NullMarked
package dev.yodel.dtls;

import org.jspecify.annotations.NullMarked;
