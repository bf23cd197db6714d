/** Two JVMs that call each other, and a verdict over what they heard. */
@NullMarked
package dev.yodel.examples.demo;

import org.jspecify.annotations.NullMarked;
