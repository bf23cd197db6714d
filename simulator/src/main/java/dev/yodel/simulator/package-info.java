/** Simulated hosts, links, NATs and streams under one virtual clock; start at {@link dev.yodel.simulator.Simulator}. */
@NullMarked
package dev.yodel.simulator;

import org.jspecify.annotations.NullMarked;
