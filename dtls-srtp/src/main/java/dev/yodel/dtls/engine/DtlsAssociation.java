package dev.yodel.dtls.engine;

import dev.yodel.dtls.DtlsCounters;
import dev.yodel.dtls.DtlsEndpoint;
import dev.yodel.dtls.DtlsEvent;
import dev.yodel.dtls.DtlsFailure;
import dev.yodel.dtls.DtlsFingerprint;
import dev.yodel.dtls.DtlsOptions;
import dev.yodel.dtls.DtlsRole;
import dev.yodel.dtls.DtlsState;
import dev.yodel.io.Bytes;
import dev.yodel.io.Time;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A DTLS 1.2 association: records, replay, reassembly, flights and their timers (RFC 6347), around an engine that computes
 * the handshake's messages. Peer's bad input never throws. One thread.
 */
public final class DtlsAssociation implements DtlsEndpoint, HandshakeEngine.Results {
    static final int MAX_EARLY_DATAGRAMS = 4;
    static final int MAX_EARLY_BYTES = 8 * 1024;

    /** Records of epoch 1 that came before their keys or before the handshake's end: so many, and so many bytes. */
    static final int MAX_STASHED_RECORDS = 16;

    static final int MAX_STASHED_BYTES = 16 * 1024;

    /** How often a refusal (an alert) is sent again. */
    private static final int MAX_REFUSALS = 5;

    private final DtlsOptions options;
    private final HandshakeEngine engine;
    private final AssociationCounters counters = new AssociationCounters();
    private final DatagramQueue transmits = new DatagramQueue();
    private final ArrayDeque<DtlsEvent> events = new ArrayDeque<>(4);
    private final RecordWriter writer = new RecordWriter();
    private final RecordWindow window = new RecordWindow();
    private final FlightTimer flightTimer;

    private DtlsState state = DtlsState.NEW;
    private @Nullable DtlsRole role;
    private @Nullable RecordCipher cipher;
    /** Timer: the handshake must be finished. */
    private long handshakeEndsAt = Time.NEVER;

    /** Before the start: whole datagrams. */
    private @Nullable Stash early = new Stash(MAX_EARLY_DATAGRAMS, MAX_EARLY_BYTES);
    /** In the handshake; gone afterwards. */
    private @Nullable HandshakeAssembler assembler = new HandshakeAssembler();

    private @Nullable Stash beforeKeys = new Stash(MAX_STASHED_RECORDS, MAX_STASHED_BYTES);
    private @Nullable Stash applicationData = new Stash(MAX_STASHED_RECORDS, MAX_STASHED_BYTES);
    private boolean peerClosedEarly;

    private @Nullable Flight flight;
    private boolean finishedSent;
    private long lastTransmission;
    private int lastAlert = -1;
    private int refusals;

    /**
     * An association in state NEW.
     *
     * @param options limits and timers
     * @param engine computes the messages
     */
    public DtlsAssociation(DtlsOptions options, HandshakeEngine engine) {
        this.options = options;
        this.engine = engine;
        this.flightTimer = new FlightTimer(options.maxResendNanos());
    }

    // ---- commands ----

    @Override
    public void start(DtlsRole ourRole, List<DtlsFingerprint> remoteFingerprints, long rttNanos, long now) {
        if (state != DtlsState.NEW) {
            throw new IllegalStateException(
                    "a DTLS endpoint starts once; this one is " + state + ": create another for another handshake");
        }
        state = DtlsState.CONNECTING;
        role = ourRole;
        flightTimer.begin(options.firstResendNanos(rttNanos));
        handshakeEndsAt = Time.after(now, options.deadlineNanos());
        Stash kept = Objects.requireNonNull(early);
        early = null;
        engine.start(ourRole, List.copyOf(remoteFingerprints), this, now);
        for (byte[] datagram = kept.poll(); datagram != null; datagram = kept.poll()) {
            handleRecords(datagram, 0, datagram.length, now);
        }
    }

    @Override
    public boolean send(byte[] data, int offset, int length, long now) {
        Objects.checkFromIndexSize(offset, length, data.length);
        if (length > MAX_APPLICATION_DATA_BYTES) {
            throw new IllegalArgumentException("a record holds at most 16384 bytes, not " + length);
        }
        if (state != DtlsState.CONNECTED) {
            return false;
        }
        if (transmits.isFull()) {
            counters.transmitsDropped++;
            return false;
        }
        queueSealed(Wire.APPLICATION_DATA, data, offset, length);
        return true;
    }

    @Override
    public void close(long now) {
        if (state == DtlsState.CLOSED || state == DtlsState.FAILED) {
            return;
        }
        DtlsState before = state;
        state = DtlsState.CLOSED;
        if (finishedSent) {
            // The peer may be connected although its own Finished has not reached us yet.
            sendAlert(Wire.ALERT_WARNING, Wire.CLOSE_NOTIFY);
        }
        if (before == DtlsState.CONNECTING) {
            engine.abort();
        }
        release();
    }

    // ---- inputs ----

    @Override
    public void handleDatagram(byte[] data, int offset, int length, long now) {
        Objects.checkFromIndexSize(offset, length, data.length);
        counters.datagramsReceived++;
        Stash kept = early;
        if (state == DtlsState.NEW && kept != null) {
            if (!kept.add(data, offset, length)) {
                counters.earlyDatagramsDropped++;
            }
            return;
        }
        handleRecords(data, offset, length, now);
    }

    @Override
    public void handlePath(boolean answers, long now) {
        flightTimer.handlePath(answers, now);
    }

    @Override
    public void handleTimeout(long now) {
        if (flightTimer.isDue(handshakeEndsAt, now)) {
            retransmit(now);
        }
        if (handshakeEndsAt <= now) {
            String limit = options.deadlineNanos() / Time.MILLISECOND + " ms";
            fail(DtlsFailure.TIMED_OUT, "the handshake did not end within " + limit + ": " + progress(), -1);
        }
    }

    // ---- outputs ----

    @Override
    public long nextTimeout() {
        return Time.min(flightTimer.nextTimeout(), handshakeEndsAt);
    }

    @Override
    public int pollTransmit(byte[] into, int offset) {
        int length = transmits.poll(into, offset);
        if (length > 0) {
            counters.datagramsSent++;
        }
        return length;
    }

    @Override
    public @Nullable DtlsEvent pollEvent() {
        return events.poll();
    }

    @Override
    public DtlsState state() {
        return state;
    }

    @Override
    public DtlsCounters counters() {
        return counters.snapshot();
    }

    // ---- records ----

    private void handleRecords(byte[] data, int offset, int length, long now) {
        int end = offset + length;
        int at = offset;
        while (end - at >= Wire.RECORD_HEADER_BYTES) {
            int type = Bytes.u8(data, at);
            int payloadLength = Bytes.u16(data, at + 11);
            boolean known = type >= Wire.CHANGE_CIPHER_SPEC && type <= Wire.APPLICATION_DATA;
            // Any DTLS version but no TLS: a first hello says FEFF, some repeat it with FEFD.
            if (!known || Bytes.u8(data, at + 1) != 0xfe || payloadLength > end - at - Wire.RECORD_HEADER_BYTES) {
                counters.recordsMalformed++;
                return;
            }
            switch (Bytes.u16(data, at + 3)) {
                case 0 -> handlePlain(type, data, at, payloadLength, now);
                case 1 -> handleSealed(type, data, at, payloadLength, now);
                default -> counters.recordsIgnored++;
            }
            at += Wire.RECORD_HEADER_BYTES + payloadLength;
        }
        if (at != end) {
            counters.recordsMalformed++;
        }
    }

    /** Epoch 0: heard only during the handshake (RFC 6347 4.1: later it is nobody's). */
    private void handlePlain(int type, byte[] data, int at, int payloadLength, long now) {
        if (state != DtlsState.CONNECTING) {
            counters.recordsIgnored++;
            if (state == DtlsState.FAILED && type == Wire.HANDSHAKE) {
                repeatRefusal(now);
            }
            return;
        }
        int payload = at + Wire.RECORD_HEADER_BYTES;
        switch (type) {
            case Wire.HANDSHAKE -> handleHandshake(0, data, payload, payload + payloadLength, now);
            case Wire.ALERT -> {
                // A warning without authentication means nothing, nor does close_notify; a fatal alert is how an honest
                // peer refuses us before there are keys.
                if (payloadLength == 2 && Bytes.u8(data, payload) == Wire.ALERT_FATAL) {
                    failByAlert(Bytes.u8(data, payload + 1));
                } else {
                    counters.recordsIgnored++;
                }
            }
            case Wire.CHANGE_CIPHER_SPEC -> {
                // Nothing to do: the epoch in each record says which keys it needs, whatever order they come in.
            }
            default -> counters.recordsIgnored++;
        }
    }

    private void handleSealed(int type, byte[] data, int at, int payloadLength, long now) {
        if (state != DtlsState.CONNECTING && state != DtlsState.CONNECTED) {
            counters.recordsIgnored++;
            return;
        }
        RecordCipher opening = cipher;
        if (opening == null) {
            Stash stash = beforeKeys;
            if (stash == null || !stash.add(data, at, Wire.RECORD_HEADER_BYTES + payloadLength)) {
                counters.recordsIgnored++;
            }
            return;
        }
        long sequence = Bytes.i64(data, at + 3) & 0xffff_ffff_ffffL;
        if (!window.isFresh(sequence)) {
            counters.recordsReplayed++;
            return;
        }
        int length = opening.open(data, at, payloadLength);
        if (length < 0) {
            counters.recordsForged++;
            return;
        }
        window.commit(sequence);
        int from = at + RecordCipher.PLAINTEXT_OFFSET;
        switch (type) {
            case Wire.APPLICATION_DATA -> handleApplicationData(data, from, length);
            case Wire.HANDSHAKE -> {
                if (state == DtlsState.CONNECTING) {
                    handleHandshake(1, data, from, from + length, now);
                } else {
                    handleLateHandshake(data, from, from + length, now);
                }
            }
            case Wire.ALERT -> {
                if (length == 2) {
                    handleAlert(Bytes.u8(data, from), Bytes.u8(data, from + 1));
                }
            }
            default -> counters.recordsIgnored++;
        }
    }

    private void handleApplicationData(byte[] data, int from, int length) {
        if (state == DtlsState.CONNECTED) {
            events.add(new DtlsEvent.ApplicationData(data, from, length));
            return;
        }
        Stash stash = applicationData;
        if (stash == null || !stash.add(data, from, length)) {
            counters.recordsIgnored++;
        }
    }

    /** An authenticated alert (RFC 5246 7.2). */
    private void handleAlert(int level, int description) {
        if (description == Wire.CLOSE_NOTIFY) {
            if (state == DtlsState.CONNECTING) {
                peerClosedEarly = true;
            } else {
                closeByPeer();
            }
        } else if (level == Wire.ALERT_FATAL) {
            failByAlert(description);
        }
    }

    private void closeByPeer() {
        // RFC 5246 7.2.1: the other party must answer with a close_notify of its own.
        sendAlert(Wire.ALERT_WARNING, Wire.CLOSE_NOTIFY);
        state = DtlsState.CLOSED;
        events.add(new DtlsEvent.Closed());
        release();
    }

    // ---- handshake ----

    private void handleHandshake(int epoch, byte[] data, int from, int end, long now) {
        HandshakeAssembler messages = assembler;
        int at = from;
        boolean repeated = false;
        while (messages != null && at < end) {
            int length = HandshakeAssembler.fragmentLength(data, at, end);
            if (length < 0 || !isExpected(Bytes.u8(data, at), epoch)) {
                counters.fragmentsRefused++;
                break;
            }
            switch (messages.offer(epoch, data, at, end)) {
                case REPEATED -> repeated = true;
                case REFUSED -> counters.fragmentsRefused++;
                case TAKEN -> deliver(messages, now);
            }
            at += Wire.HANDSHAKE_HEADER_BYTES + length;
            messages = assembler;
        }
        if (repeated && state == DtlsState.CONNECTING && flightTimer.isWaiting()) {
            repeatFlight(now);
        }
    }

    /** Only messages that this role can get in a full handshake reach the engine. */
    private boolean isExpected(int type, int epoch) {
        if (epoch == 1) {
            return type == Wire.FINISHED;
        }
        if (role == DtlsRole.SERVER) {
            return type == Wire.CLIENT_HELLO
                    || type == Wire.CERTIFICATE
                    || type == Wire.CLIENT_KEY_EXCHANGE
                    || type == Wire.CERTIFICATE_VERIFY;
        }
        return type == Wire.SERVER_HELLO
                || type == Wire.HELLO_VERIFY_REQUEST
                || (type >= Wire.CERTIFICATE && type <= Wire.SERVER_HELLO_DONE);
    }

    private void deliver(HandshakeAssembler messages, long now) {
        for (HandshakeMessage message = messages.poll();
                message != null && state == DtlsState.CONNECTING;
                message = messages.poll()) {
            if (message.type() == Wire.SERVER_HELLO_DONE
                    || message.type() == Wire.HELLO_VERIFY_REQUEST
                    || message.type() == Wire.FINISHED) {
                // The peer's flight is complete, so ours has arrived; what takes time now is our own computing.
                flightTimer.stop();
            }
            engine.handle(message, now);
        }
    }

    /** Authenticated handshake messages after the end. */
    private void handleLateHandshake(byte[] data, int from, int end, long now) {
        if (HandshakeAssembler.fragmentLength(data, from, end) < 0) {
            counters.recordsIgnored++;
            return;
        }
        int type = Bytes.u8(data, from);
        if (type == Wire.FINISHED && role == DtlsRole.SERVER) {
            // RFC 6347 4.2.4: a repeated Finished says that our last flight was lost.
            repeatFlight(now);
        } else if ((type == Wire.HELLO_REQUEST || type == Wire.CLIENT_HELLO) && refusals < MAX_REFUSALS) {
            refusals++;
            sendAlert(Wire.ALERT_WARNING, Wire.NO_RENEGOTIATION);
        } else {
            counters.recordsIgnored++;
        }
    }

    private void repeatFlight(long now) {
        // A flight of many datagrams repeated by the peer is answered once, not once a datagram.
        if (flight != null && now - lastTransmission >= flightTimer.shortestNanos()) {
            retransmit(now);
        }
    }

    private void retransmit(long now) {
        if (flight != null) {
            counters.flightsRetransmitted++;
            transmit(flight, now);
            if (state == DtlsState.CONNECTING) {
                flightTimer.handleRepetition(now);
            }
        }
    }

    private void transmit(Flight sent, long now) {
        lastTransmission = now;
        if (transmits.isFull()) {
            counters.transmitsDropped++;
            return;
        }
        sent.transmit(writer, transmits, options.mtuBytes());
    }

    // ---- what the engine says ----

    @Override
    public void onFlight(List<HandshakeMessage> messages, long now) {
        if (state != DtlsState.CONNECTING || messages.isEmpty()) {
            return;
        }
        finishedSent |= messages.get(messages.size() - 1).epoch() == 1;
        Flight sent = new Flight(messages);
        flightTimer.handleFlight(flight != null, now);
        flight = sent;
        transmit(sent, now);
    }

    @Override
    public void onKeys(RecordKeys keys, long now) {
        if (state != DtlsState.CONNECTING || cipher != null) {
            return;
        }
        RecordCipher installed = new RecordCipher(keys);
        cipher = installed;
        writer.install(installed);
        Stash waiting = beforeKeys;
        beforeKeys = null;
        while (waiting != null) {
            byte[] record = waiting.poll();
            if (record == null) {
                break;
            }
            handleSealed(Bytes.u8(record, 0), record, 0, record.length - Wire.RECORD_HEADER_BYTES, now);
        }
    }

    @Override
    public void onConnected(DtlsEvent.Connected event, long now) {
        if (state != DtlsState.CONNECTING) {
            return;
        }
        if (cipher == null) {
            fail(DtlsFailure.INTERNAL, "the handshake ended without keys", Wire.INTERNAL_ERROR);
            return;
        }
        state = DtlsState.CONNECTED;
        stopTimers();
        assembler = null;
        if (role == DtlsRole.CLIENT) {
            flight = null;
        }
        events.add(event);
        Stash waiting = applicationData;
        applicationData = null;
        while (waiting != null) {
            byte[] data = waiting.poll();
            if (data == null) {
                break;
            }
            events.add(new DtlsEvent.ApplicationData(data, 0, data.length));
        }
        if (peerClosedEarly) {
            closeByPeer();
        }
    }

    @Override
    public void onFailed(DtlsFailure reason, String text, int alert, long now) {
        if (state == DtlsState.CONNECTING) {
            lastTransmission = now;
            fail(reason, text, alert);
        }
    }

    // ---- ends ----

    private void failByAlert(int description) {
        fail(
                DtlsFailure.ALERT_RECEIVED,
                "the peer refused with alert " + description + ": " + progress(),
                description,
                false);
    }

    private void fail(DtlsFailure reason, String text, int alert) {
        fail(reason, text, alert, alert >= 0);
    }

    private void fail(DtlsFailure reason, String text, int alert, boolean tellPeer) {
        boolean connecting = state == DtlsState.CONNECTING;
        if (tellPeer) {
            sendAlert(Wire.ALERT_FATAL, alert);
            lastAlert = alert;
        }
        state = DtlsState.FAILED;
        events.add(new DtlsEvent.Failed(reason, text, alert));
        if (connecting) {
            engine.abort();
        }
        release();
    }

    private String progress() {
        HandshakeAssembler messages = assembler;
        int sent = flight == null ? 0 : flight.attempts();
        return "as " + role + ", " + counters.datagramsReceived + " datagrams received, "
                + (messages == null ? 0 : messages.nextSeq()) + " handshake messages understood, last flight sent "
                + sent + " times";
    }

    /** RFC 6347 4.1.2.7 allows refusing again when the alert may have been lost. */
    private void repeatRefusal(long now) {
        if (lastAlert >= 0 && refusals < MAX_REFUSALS && now - lastTransmission >= flightTimer.shortestNanos()) {
            refusals++;
            lastTransmission = now;
            sendAlert(Wire.ALERT_FATAL, lastAlert);
        }
    }

    private void sendAlert(int level, int description) {
        byte[] alert = {(byte) level, (byte) description};
        if (finishedSent) {
            queueSealed(Wire.ALERT, alert, 0, alert.length);
            return;
        }
        DatagramQueue.Entry datagram = transmits.acquire(Wire.RECORD_HEADER_BYTES + alert.length);
        datagram.length =
                writer.writePlain(Wire.ALERT, Wire.DTLS_1_2, alert, alert.length, Bytes.EMPTY, 0, 0, datagram.data, 0);
        transmits.add(datagram);
    }

    private void queueSealed(int type, byte[] data, int offset, int length) {
        DatagramQueue.Entry datagram = transmits.acquire(RecordWriter.sealedBytes(length));
        datagram.length = writer.writeSealed(type, data, offset, length, datagram.data, 0);
        transmits.add(datagram);
    }

    /** What a closed or failed association no longer needs. */
    private void release() {
        stopTimers();
        early = null;
        assembler = null;
        beforeKeys = null;
        applicationData = null;
        flight = null;
    }

    private void stopTimers() {
        flightTimer.stop();
        handshakeEndsAt = Time.NEVER;
    }
}
