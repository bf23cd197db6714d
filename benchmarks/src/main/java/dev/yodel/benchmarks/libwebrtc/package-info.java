/** libwebrtc by webrtc-java, for measurements beside it and for tests against it. */
@org.jspecify.annotations.NullMarked
package dev.yodel.benchmarks.libwebrtc;
