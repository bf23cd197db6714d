package dev.yodel.rtp.payload;

import dev.yodel.io.Bytes;
import java.util.Arrays;

/**
 * Cuts H.264 and H.265 access units into RTP payloads (RFC 6184 5.6 to 5.8, RFC 7798 4.4): small units together, large
 * ones in fragments of equal size. It takes Annex B and AVCC. The parameter sets that it saw last are repeated in front of
 * every picture that can be decoded alone and comes without its own, so that whoever joins late can start there. Access
 * unit delimiters and filler are left out. Not for sharing between threads.
 */
public final class NalPacketizer extends UnitPacketizer {
    private static final int LENGTH_BYTES = 2;
    private static final int H264_DELIMITER = 9;
    private static final int H264_FILLER = 12;
    private static final int H265_DELIMITER = 35;
    private static final int H265_FILLER = 38;

    private final NalFormat format;
    private final boolean mayDivide;
    private final NalUnits found = new NalUnits();
    private final NalUnits units = new NalUnits();
    private final byte[][] parameterSets = new byte[NalFormat.PARAMETER_SETS][];
    private int room;
    private int unit;
    private int fragment;
    private int fragments;
    private boolean keyFrame;

    NalPacketizer(NalFormat format, boolean mayDivide) {
        this.format = format;
        this.mayDivide = mayDivide;
        Arrays.fill(parameterSets, Bytes.EMPTY);
    }

    @Override
    int cut(byte[] data, int offset, int length, int maxPayloadBytes, int keyBytes) {
        found.clear();
        units.clear();
        unit = 0;
        fragment = 0;
        keyFrame = false;
        if (length <= 0 || !found.find(data, offset, length) || !choose()) {
            return 0;
        }
        room = maxPayloadBytes - (keyFrame ? keyBytes : 0);
        return plan();
    }

    @Override
    public boolean startsFrame() {
        return startsPicture() && !finished();
    }

    /** Which units are sent, with parameter sets in front of a picture that needs them. */
    private boolean choose() {
        boolean[] seen = new boolean[NalFormat.PARAMETER_SETS];
        for (int i = 0; i < found.count(); i++) {
            int type = type(found, i);
            if (type < 0) {
                return false;
            }
            keyFrame |= format.isRandomAccess(type);
            int set = format.parameterSet(type);
            if (set >= 0) {
                seen[set] = true;
            }
        }
        for (int set = 0; set < seen.length; set++) {
            if (keyFrame && !seen[set] && parameterSets[set].length > 0) {
                units.add(parameterSets[set], 0, parameterSets[set].length);
            }
        }
        for (int i = 0; i < found.count(); i++) {
            int type = type(found, i);
            int set = format.parameterSet(type);
            if (set >= 0) {
                int from = found.offset(i);
                parameterSets[set] = Arrays.copyOfRange(found.data(i), from, from + found.length(i));
            }
            if (!isLeftOut(type) && !units.add(found.data(i), found.offset(i), found.length(i))) {
                return false;
            }
        }
        return units.count() > 0;
    }

    /** The unit's type, or -1 if it is none that may be sent. */
    private int type(NalUnits of, int index) {
        if (of.length(index) < format.headerBytes) {
            return -1;
        }
        int type = format.type(format.header(of.data(index), of.offset(index)));
        return format.isSingle(type) ? type : -1;
    }

    private boolean isLeftOut(int type) {
        return format == NalFormat.H264
                ? type == H264_DELIMITER || type == H264_FILLER
                : type == H265_DELIMITER || type == H265_FILLER;
    }

    /** Counts the payloads; 0 if a unit needs fragments and the mode has none. */
    private int plan() {
        int count = 0;
        int at = 0;
        while (at < units.count()) {
            if (units.length(at) > room) {
                if (!mayDivide) {
                    return 0;
                }
                count += fragments(at);
                at++;
            } else {
                count++;
                at += together(at);
            }
        }
        return count;
    }

    private int fragments(int index) {
        int body = units.length(index) - format.headerBytes;
        int each = room - format.headerBytes - 1;
        return (body + each - 1) / each;
    }

    /** How many units from one on share a payload. RFC 6184 5.3: mode 0 knows no aggregates. */
    private int together(int first) {
        if (!mayDivide) {
            return 1;
        }
        int bytes = format.headerBytes + LENGTH_BYTES + units.length(first);
        int count = 1;
        while (first + count < units.count() && bytes + LENGTH_BYTES + units.length(first + count) <= room) {
            bytes += LENGTH_BYTES + units.length(first + count);
            count++;
        }
        return count;
    }

    @Override
    int write(byte[] into, int at) {
        if (units.length(unit) > room) {
            return writeFragment(into, at);
        }
        int count = together(unit);
        int length = count == 1 ? writeUnit(into, at, unit) : writeAggregate(into, at, count);
        unit += count;
        return length;
    }

    private int writeUnit(byte[] into, int at, int index) {
        System.arraycopy(units.data(index), units.offset(index), into, at, units.length(index));
        return units.length(index);
    }

    private int writeAggregate(byte[] into, int at, int count) {
        int to = at + format.headerBytes;
        int header = format.header(units.data(unit), units.offset(unit));
        for (int i = unit; i < unit + count; i++) {
            header = format.aggregate(header, format.header(units.data(i), units.offset(i)));
            Bytes.put16(into, to, units.length(i));
            to += LENGTH_BYTES;
            to += writeUnit(into, to, i);
        }
        format.putHeader(into, at, header);
        return to - at;
    }

    private int writeFragment(byte[] into, int at) {
        int bytes = format.headerBytes;
        byte[] data = units.data(unit);
        int from = units.offset(unit);
        int body = units.length(unit) - bytes;
        if (fragment == 0) {
            fragments = fragments(unit);
        }
        int start = (int) ((long) body * fragment / fragments);
        int end = (int) ((long) body * (fragment + 1) / fragments);
        int header = format.header(data, from);
        format.putHeader(into, at, format.withType(header, format.fragmentType));
        boolean first = fragment == 0;
        boolean last = fragment == fragments - 1;
        into[at + bytes] = (byte) ((first ? 0x80 : 0) | (last ? 0x40 : 0) | format.type(header));
        System.arraycopy(data, from + bytes + start, into, at + bytes + 1, end - start);
        fragment++;
        if (last) {
            fragment = 0;
            unit++;
        }
        return bytes + 1 + end - start;
    }

    @Override
    boolean cutKeyPicture() {
        return keyFrame;
    }
}
