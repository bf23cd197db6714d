@NullMarked
package dev.yodel.dtls.engine;

import org.jspecify.annotations.NullMarked;
