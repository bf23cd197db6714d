/** The sans-I/O contract of Yodel's protocol cores, and the one event loop that runs them. */
@org.jspecify.annotations.NullMarked
module dev.yodel.io {
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports dev.yodel.io;
    exports dev.yodel.io.loop;
}
