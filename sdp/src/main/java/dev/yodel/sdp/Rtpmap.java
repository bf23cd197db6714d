package dev.yodel.sdp;

/**
 * The codec behind a payload type (RFC 8866 section 6.6).
 *
 * @param payloadType 0 to 127
 * @param encoding the codec's name as written; not case-sensitive
 * @param clockRateHz the RTP clock, 1 to 2^31-1
 * @param parameters for audio the number of channels, empty for one
 */
public record Rtpmap(int payloadType, String encoding, int clockRateHz, String parameters) implements Attribute {
    /** Checks ranges and characters. */
    public Rtpmap {
        Grammar.inRange(payloadType, 0, 127, "payload type");
        Grammar.token(encoding, "encoding name");
        Grammar.inRange(clockRateHz, 1, Integer.MAX_VALUE, "clock rate");
        if (!parameters.isEmpty()) {
            Grammar.word(parameters, "encoding parameters");
        }
        if (Grammar.isDigits(parameters)) {
            Grammar.number(parameters, 0, parameters.length(), 1, 255, "number of channels");
        }
    }

    static void check(Cursor value) {
        value.number(0, 127, "payload type");
        Cursor codec = value.fieldCursor("encoding name");
        value.end();
        codec.until('/').checkToken("encoding name");
        codec.numberUntil('/', 1, Integer.MAX_VALUE, "clock rate");
        if (codec.isDigits()) {
            codec.restNumber(1, 255, "number of channels");
        } else if (!codec.isEmpty()) {
            codec.checkWord("encoding parameters");
        }
    }

    static Rtpmap parse(Cursor value) {
        int payloadType = (int) value.number(0, 127, "payload type");
        Cursor codec = value.fieldCursor("encoding name");
        value.end();
        String encoding = codec.textUntil('/');
        int clockRateHz = (int) codec.numberUntil('/', 1, Integer.MAX_VALUE, "clock rate");
        return new Rtpmap(payloadType, encoding, clockRateHz, codec.rest());
    }

    /**
     * The number of audio channels.
     *
     * @return 1 unless the line says otherwise
     */
    public int channels() {
        return Grammar.isDigits(parameters)
                ? (int) Grammar.number(parameters, 0, parameters.length(), 1, 255, "number of channels")
                : 1;
    }

    /**
     * Whether two lines name one codec, whatever their payload types: names without regard to case, one channel being
     * the same as none stated.
     *
     * @param other the other line
     * @return true if encoding, clock rate and channels are the same
     */
    public boolean sameCodec(Rtpmap other) {
        return encoding.equalsIgnoreCase(other.encoding)
                && clockRateHz == other.clockRateHz
                && channels() == other.channels();
    }

    @Override
    public String attributeName() {
        return "rtpmap";
    }

    @Override
    public String attributeValue() {
        return payloadType + " " + encoding + "/" + clockRateHz + (parameters.isEmpty() ? "" : "/" + parameters);
    }
}
