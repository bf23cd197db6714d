/** RTP, RTCP, jitter buffers, codecs and audio. */
@SuppressWarnings("requires-automatic") // JNA has no module-info, and it is optional
@org.jspecify.annotations.NullMarked
module dev.yodel.media {
    requires transitive dev.yodel.io;
    requires org.slf4j;
    requires static transitive org.jspecify;
    requires static com.sun.jna;

    exports dev.yodel.media;
    exports dev.yodel.media.audio;
    exports dev.yodel.media.file;
    exports dev.yodel.media.loop;
    exports dev.yodel.media.opus;
    exports dev.yodel.media.sframe;
    exports dev.yodel.rtp;
    exports dev.yodel.rtp.extension;
    exports dev.yodel.rtp.payload;
    exports dev.yodel.rtp.rtcp;
}
