package dev.yodel.webrtc.internal.transport;

import dev.yodel.dtls.DtlsEndpointFactory;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.ice.loop.IceConnectionOptions;
import dev.yodel.io.Environment;
import dev.yodel.io.Loop;
import dev.yodel.rtp.RtpSessionOptions;
import org.jspecify.annotations.Nullable;

/**
 * What a transport needs for life.
 *
 * @param environment the outside
 * @param loop where the transport lives
 * @param ice servers, filters and paces
 * @param pool connections that have begun to gather, null if there are none
 * @param dtlsFactory makes the DTLS endpoint
 * @param dtls certificate, profiles and timers
 * @param rtp CNAME and packet size; the session is made with the first media section
 * @param scratch the loop's
 * @param tap sees the packets in the clear; null for nobody
 */
public record TransportOptions(
        Environment environment,
        Loop loop,
        IceConnectionOptions ice,
        @Nullable CandidatePool pool,
        DtlsEndpointFactory dtlsFactory,
        DtlsOptions dtls,
        RtpSessionOptions rtp,
        LoopScratch scratch,
        @Nullable TapPoint tap) {}
