/** The sans-I/O contract of Yodel's protocol cores, and the one event loop that runs them. */
@SuppressWarnings("requires-automatic") // JNA has no module-info, and it is optional
@org.jspecify.annotations.NullMarked
module dev.yodel.io {
    requires org.slf4j;
    requires static transitive org.jspecify;
    requires static com.sun.jna;

    exports dev.yodel.io;
    exports dev.yodel.io.loop;
}
