/** A network, a clock and threads in virtual time, all from one seed, behind the interface of Yodel's real ones. */
@org.jspecify.annotations.NullMarked
module dev.yodel.simulator {
    requires transitive dev.yodel.io;
    requires static transitive org.jspecify;

    exports dev.yodel.simulator;
}
