package dev.yodel.benchmarks;

import dev.yodel.srtp.SrtpProfile;
import dev.yodel.srtp.SrtpSession;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jitsi.srtp.SrtpContextFactory;
import org.jitsi.srtp.SrtpCryptoContext;
import org.jitsi.srtp.SrtpErrorStatus;
import org.jitsi.srtp.SrtpPolicy;
import org.jitsi.utils.ByteArrayBuffer;
import org.jitsi.utils.logging2.LoggerImpl;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One RTP packet protected and unprotected in place, by us and by jitsi-srtp. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 2, jvmArgsAppend = "-Xmx256m")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class SrtpBenchmark {
    private static final int SSRC = 0x1234_5678;

    /** Payload, bytes. */
    @Param({"160", "1100"})
    public int payload;

    /** The profile. */
    @Param({"AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM"})
    public SrtpProfile profile = SrtpProfile.AES_CM_128_HMAC_SHA1_80;

    private byte[] packet = new byte[0];
    private int length;
    private int sequence;
    private SrtpSession sender = session(true);
    private SrtpSession receiver = session(false);
    private final JitsiPacket jitsiPacket = new JitsiPacket();
    private SrtpCryptoContext jitsiSender = jitsi(true);
    private SrtpCryptoContext jitsiReceiver = jitsi(false);

    private SrtpSession session(boolean client) {
        byte[] material = new byte[profile.keyingMaterialLength()];
        new Random(1).nextBytes(material);
        return new SrtpSession(profile, material, client);
    }

    private SrtpCryptoContext jitsi(boolean sends) {
        byte[] key = new byte[profile.keyLength()];
        byte[] salt = new byte[profile.saltLength()];
        new Random(1).nextBytes(key);
        boolean gcm = profile != SrtpProfile.AES_CM_128_HMAC_SHA1_80;
        SrtpPolicy policy = new SrtpPolicy(
                gcm ? SrtpPolicy.AESGCM_ENCRYPTION : SrtpPolicy.AESCM_ENCRYPTION,
                key.length,
                gcm ? SrtpPolicy.NULL_AUTHENTICATION : SrtpPolicy.HMACSHA1_AUTHENTICATION,
                gcm ? 0 : 20,
                profile.tagLength(),
                salt.length);
        try {
            return new SrtpContextFactory(sends, key, salt, policy, policy, new LoggerImpl("benchmark"))
                    .deriveContext(SSRC, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Fresh contexts for the parameters. */
    @Setup(Level.Trial)
    public void prepare() {
        length = 12 + payload;
        packet = new byte[length + SrtpSession.MAX_OVERHEAD];
        packet[0] = (byte) 0x80;
        packet[1] = 111;
        packet[8] = (byte) (SSRC >>> 24);
        packet[9] = (byte) (SSRC >>> 16);
        packet[10] = (byte) (SSRC >>> 8);
        packet[11] = (byte) SSRC;
        sender = session(true);
        receiver = session(false);
        jitsiSender = jitsi(true);
        jitsiReceiver = jitsi(false);
        jitsiPacket.bytes = packet;
    }

    private void next() {
        sequence++;
        packet[2] = (byte) (sequence >>> 8);
        packet[3] = (byte) sequence;
    }

    /**
     * Ours.
     *
     * @return the length of the plaintext packet
     */
    @Benchmark
    public int yodel() {
        next();
        int sealed = sender.protectRtp(packet, 0, length);
        int opened = receiver.unprotectRtp(packet, 0, sealed);
        if (opened != length) {
            throw new IllegalStateException("result " + opened);
        }
        return opened;
    }

    /**
     * Theirs, whose contexts are those of one SSRC already.
     *
     * @return the length of the plaintext packet
     * @throws GeneralSecurityException never
     */
    @Benchmark
    public int jitsi() throws GeneralSecurityException {
        next();
        jitsiPacket.length = length;
        SrtpErrorStatus sealed = jitsiSender.transformPacket(jitsiPacket);
        SrtpErrorStatus opened = jitsiReceiver.reverseTransformPacket(jitsiPacket, false);
        if (sealed != SrtpErrorStatus.OK || opened != SrtpErrorStatus.OK || jitsiPacket.length != length) {
            throw new IllegalStateException(sealed + ", " + opened);
        }
        return jitsiPacket.length;
    }

    /** The view of a packet that jitsi-srtp wants. */
    private static final class JitsiPacket implements ByteArrayBuffer {
        private byte[] bytes = {};
        private int offset;
        private int length;

        @Override
        public byte[] getBuffer() {
            return bytes;
        }

        @Override
        public int getOffset() {
            return offset;
        }

        @Override
        public int getLength() {
            return length;
        }

        @Override
        public void setLength(int value) {
            length = value;
        }

        @Override
        public void setOffset(int value) {
            offset = value;
        }

        @Override
        public boolean isInvalid() {
            return false;
        }

        @Override
        public void readRegionToBuff(int from, int count, byte[] into) {
            System.arraycopy(bytes, offset + from, into, 0, count);
        }

        @Override
        public void grow(int count) {
            if (offset + length + count > bytes.length) {
                bytes = Arrays.copyOf(bytes, offset + length + count);
            }
        }

        @Override
        public void append(byte[] data, int count) {
            grow(count);
            System.arraycopy(data, 0, bytes, offset + length, count);
            length += count;
        }

        @Override
        public void shrink(int count) {
            length -= count;
        }
    }
}
