package dev.yodel.rtp;

import dev.yodel.io.ByteWriter;
import dev.yodel.rtp.rtcp.ExtendedReport;
import dev.yodel.rtp.rtcp.Goodbye;
import dev.yodel.rtp.rtcp.ReceiverReport;
import dev.yodel.rtp.rtcp.ReportBlock;
import dev.yodel.rtp.rtcp.RtcpPacket;
import dev.yodel.rtp.rtcp.SourceDescription;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts RTCP packets together into datagrams within the MTU (RFC 3550 6.1: a report first, then SDES with the CNAME, then
 * the rest; RFC 4585 3.1; RFC 5506). It decides nothing about time.
 */
final class ReportComposer {
    /** Most report blocks of one interval; more sources take turns. */
    static final int MAX_BLOCKS = 4 * ReportBlock.MAX_COUNT;

    private final RtpSessionOptions options;
    private final TransmitQueue transmits;
    private final RtcpSchedule schedule;
    private final NtpClock clock;
    private final long sessionSsrc;
    private final int chunkSize;
    private int nextStream;

    ReportComposer(
            RtpSessionOptions options,
            TransmitQueue transmits,
            RtcpSchedule schedule,
            NtpClock clock,
            long sessionSsrc) {
        this.options = options;
        this.transmits = transmits;
        this.schedule = schedule;
        this.clock = clock;
        this.sessionSsrc = sessionSsrc;
        // The chunk's SSRC, CNAME item and at least one zero byte, in multiples of four (RFC 3550 6.5).
        this.chunkSize =
                new SourceDescription(List.of(new SourceDescription.Chunk(sessionSsrc, options.cname()))).size() - 4;
    }

    /** Who speaks when no particular stream does. */
    long reporter(List<SendStream> senders) {
        return senders.isEmpty() ? sessionSsrc : senders.get(0).ssrc();
    }

    /** All regular reports of one interval, and BYE for sources that leave. */
    void report(
            List<SendStream> senders,
            List<ReceiveStream> streams,
            @Nullable ExtendedReport extended,
            List<Long> leaving,
            long now) {
        List<ReportBlock> blocks = blocks(streams, now);
        List<SendStream> active = new ArrayList<>();
        for (SendStream sender : senders) {
            if (sender.isSender()) {
                active.add(sender);
            }
        }
        int block = 0;
        int sender = 0;
        boolean first = true;
        while (first || block < blocks.size() || sender < active.size()) {
            List<RtcpPacket> packets = new ArrayList<>();
            List<SourceDescription.Chunk> chunks = new ArrayList<>();
            int room = options.mtu() - 4 - (first && extended != null ? extended.size() : 0);
            if (first) {
                room -= leaving.isEmpty() ? 0 : 4 + 4 * leaving.size();
            }
            while (sender < active.size() && room >= 28 + chunkSize && chunks.size() < 31) {
                SendStream stream = active.get(sender++);
                room -= 28 + chunkSize;
                int count = fit(blocks.size() - block, room);
                packets.add(stream.takeSenderReport(clock.at(now), blocks.subList(block, block + count), now));
                chunks.add(new SourceDescription.Chunk(stream.ssrc(), options.cname()));
                block += count;
                room -= count * ReportBlock.SIZE;
            }
            boolean restAsReceiver = packets.isEmpty() || sender == active.size();
            while (restAsReceiver && (packets.isEmpty() || (block < blocks.size() && room >= 8 + ReportBlock.SIZE))) {
                long ssrc = reporter(senders);
                if (chunks.isEmpty()) {
                    chunks.add(new SourceDescription.Chunk(ssrc, options.cname()));
                    room -= chunkSize;
                }
                room -= 8;
                int count = fit(blocks.size() - block, room);
                packets.add(new ReceiverReport(ssrc, blocks.subList(block, block + count)));
                block += count;
                room -= count * ReportBlock.SIZE;
            }
            packets.add(new SourceDescription(chunks));
            if (first && extended != null) {
                packets.add(extended);
            }
            if (first && !leaving.isEmpty()) {
                packets.add(new Goodbye(leaving, null));
            }
            first = false;
            send(packets);
        }
    }

    private static int fit(int blocks, int room) {
        return Math.max(0, Math.min(Math.min(blocks, ReportBlock.MAX_COUNT), room / ReportBlock.SIZE));
    }

    private List<ReportBlock> blocks(List<ReceiveStream> streams, long now) {
        List<ReportBlock> blocks = new ArrayList<>(Math.min(streams.size(), MAX_BLOCKS));
        int count = streams.size();
        if (count == 0) {
            return blocks;
        }
        int start = nextStream % count;
        for (int i = 0; i < count && blocks.size() < MAX_BLOCKS; i++) {
            nextStream = (start + i + 1) % count;
            ReceiveStream stream = streams.get((start + i) % count);
            if (stream.reportDue()) {
                blocks.add(stream.takeReportBlock(now));
            }
        }
        return blocks;
    }

    /** Feedback that does not wait for the next report (RFC 4585 3.5). */
    void feedback(RtcpPacket packet, List<SendStream> senders) {
        List<RtcpPacket> packets = new ArrayList<>(3);
        if (!options.reducedSize()) {
            long ssrc = reporter(senders);
            packets.add(new ReceiverReport(ssrc, List.of()));
            packets.add(new SourceDescription(List.of(new SourceDescription.Chunk(ssrc, options.cname()))));
        }
        packets.add(packet);
        send(packets);
    }

    private void send(List<RtcpPacket> packets) {
        TransmitQueue.Buffer buffer = transmits.take();
        ByteWriter out = new ByteWriter(buffer.data, RtpTransmit.HEADROOM, TransmitQueue.MAX_PACKET);
        int sources = 0;
        for (RtcpPacket packet : packets) {
            packet.write(out);
            sources += packet instanceof SourceDescription description
                    ? description.chunks().size()
                    : 0;
        }
        schedule.onPacket(out.length(), sources);
        transmits.add(buffer, out.length(), TransmitQueue.Priority.CONTROL);
    }
}
