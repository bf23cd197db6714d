package dev.yodel.webrtc.internal;

import dev.yodel.io.Registration;
import dev.yodel.media.sframe.SFrameCipherSuite;
import dev.yodel.media.sframe.SFrameDecryptor;
import dev.yodel.media.sframe.SFrameEncryptor;
import dev.yodel.webrtc.EncodedMediaFrame;
import dev.yodel.webrtc.FrameTransformer;
import dev.yodel.webrtc.InvalidAccessException;
import dev.yodel.webrtc.MediaKind;
import dev.yodel.webrtc.RtpScriptTransformer;
import dev.yodel.webrtc.SFrameTransform;
import dev.yodel.webrtc.SFrameTransformErrorEvent;
import dev.yodel.webrtc.SFrameTransformErrorEventType;
import dev.yodel.webrtc.internal.transport.ListenerList;
import dev.yodel.webrtc.internal.transport.TransformStage;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SFrame around the frames of a sender or receiver, behind the bytes that must stay clear. Any thread. */
public final class EndToEndTransform extends OwnedTransform implements SFrameTransform {
    private static final Logger LOG = LoggerFactory.getLogger("dev.yodel.webrtc");

    /** What applications with browsers leave of VP8: the frame's header (RFC 6386 9.1). */
    private static final int CLEAR_OF_VP8_KEY = 10;

    private static final int CLEAR_OF_VP8_DELTA = 3;
    private static final int IMPOSSIBLE = -1;

    private final SFrameCipherSuite suite;
    private final SFrameDecryptor decryptor;
    private final ListenerList<SFrameTransformErrorEvent> errorListeners = new ListenerList<>();
    private final AtomicLong errors = new AtomicLong();
    private final AtomicLong unsupported = new AtomicLong();
    private final Object lock = new Object();

    // Guarded by lock.
    private @Nullable SFrameEncryptor encryptor;
    private String latestKey = "";
    private final Set<String> usedKeys = new HashSet<>();
    private boolean warned;

    public EndToEndTransform(SFrameCipherSuite suite) {
        this.suite = suite;
        this.decryptor = new SFrameDecryptor(suite);
    }

    @Override
    FrameTransformer transformer(boolean sending) {
        return sending ? this::encrypt : this::decrypt;
    }

    @Override
    void failed(Throwable error) {
        errors.incrementAndGet();
        LOG.error("a frame could not be transformed; it is dropped", error);
    }

    @Override
    public void setEncryptionKey(byte[] key, long keyId) {
        synchronized (lock) {
            String name = digest(key, keyId);
            if (name.equals(latestKey)) {
                return;
            }
            if (usedKeys.contains(name)) {
                throw new InvalidAccessException("key " + Long.toUnsignedString(keyId)
                        + " was used before, and its numbers would begin anew; take another key or identifier");
            }
            decryptor.addKey(keyId, key);
            encryptor = new SFrameEncryptor(suite, keyId, key);
            usedKeys.add(name);
            latestKey = name;
        }
    }

    /** Names a key without keeping it. */
    private static String digest(byte[] key, long keyId) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(key);
            return Long.toUnsignedString(keyId) + " " + HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    @Override
    public void removeEncryptionKey(long keyId) {
        synchronized (lock) {
            decryptor.removeKey(keyId);
        }
    }

    /** How many bytes of a frame stay clear; {@link #IMPOSSIBLE} if it is packed by what is inside. */
    private static int clearBytes(EncodedMediaFrame frame, byte[] data) {
        String mimeType = frame.getMetadata().mimeType().toLowerCase(Locale.ROOT);
        int clear =
                switch (mimeType) {
                    case "audio/opus", "video/vp9" -> 1;
                    // RFC 7741 4.3: the inverse key frame flag.
                    case "video/vp8" -> data.length > 0 && (data[0] & 1) == 0 ? CLEAR_OF_VP8_KEY : CLEAR_OF_VP8_DELTA;
                    default -> frame.kind() == MediaKind.AUDIO ? 0 : IMPOSSIBLE;
                };
        return Math.min(clear, data.length);
    }

    private void encrypt(EncodedMediaFrame frame, RtpScriptTransformer transformer) {
        byte[] data = frame.data();
        int clear = clearBytes(frame, data);
        byte[] sealed = null;
        synchronized (lock) {
            if (encryptor != null && clear >= 0) {
                sealed = encryptor.encrypt(Arrays.copyOfRange(data, clear, data.length), Arrays.copyOf(data, clear));
            } else if (clear < 0 && !warned) {
                warned = true;
                LOG.warn(
                        "{} cannot be encrypted as one frame, so nothing is sent; negotiate VP8 or VP9",
                        frame.getMetadata().mimeType());
            }
        }
        if (sealed == null) {
            unsupported.incrementAndGet();
            return;
        }
        byte[] whole = Arrays.copyOf(data, clear + sealed.length);
        System.arraycopy(sealed, 0, whole, clear, sealed.length);
        frame.data(whole);
        transformer.write(frame);
    }

    private void decrypt(EncodedMediaFrame frame, RtpScriptTransformer transformer) {
        byte[] data = frame.data();
        int clear = Math.max(0, clearBytes(frame, data));
        byte[] plain;
        SFrameTransformErrorEventType why;
        Long keyId = null;
        synchronized (lock) {
            long unknown = decryptor.unknownKeys();
            long damaged = decryptor.damaged();
            plain = decryptor.decrypt(data, clear, data.length - clear, Arrays.copyOf(data, clear));
            why = SFrameTransformErrorEventType.AUTHENTICATION;
            if (decryptor.damaged() != damaged) {
                why = SFrameTransformErrorEventType.SYNTAX;
            } else if (decryptor.unknownKeys() != unknown) {
                why = SFrameTransformErrorEventType.KEY_ID;
                keyId = decryptor.lastKeyId();
            }
        }
        if (plain == null) {
            errors.incrementAndGet();
            if (frame.kind() == MediaKind.VIDEO) {
                transformer.sendKeyFrameRequest();
            }
            errorListeners.fire(new SFrameTransformErrorEvent(why, keyId, frame));
            return;
        }
        byte[] whole = Arrays.copyOf(data, clear + plain.length);
        System.arraycopy(plain, 0, whole, clear, plain.length);
        frame.data(whole);
        transformer.write(frame);
    }

    @Override
    public Registration onError(Consumer<SFrameTransformErrorEvent> listener) {
        return errorListeners.add(listener);
    }

    @Override
    public long framesWritten() {
        TransformStage at = stage();
        return at == null ? 0 : at.written();
    }

    @Override
    public long errors() {
        return errors.get();
    }

    @Override
    public long unsupported() {
        return unsupported.get();
    }

    @Override
    public String toString() {
        return "SFrameTransform " + suite + ", written " + framesWritten() + ", errors " + errors;
    }
}
