package dev.yodel.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.media.EncodedFrame;
import dev.yodel.media.FrameMetadata;
import dev.yodel.media.audio.PcmFrame;
import dev.yodel.rtp.FrameExtension;
import dev.yodel.rtp.extension.AbsoluteCaptureTime;
import dev.yodel.rtp.extension.ColorSpace;
import dev.yodel.rtp.extension.PlayoutDelay;
import dev.yodel.rtp.extension.VideoLayersAllocation;
import dev.yodel.rtp.extension.VideoOrientation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * What frames say of themselves, over whole connections: header extensions as metadata, and sound in the codecs of
 * telephones.
 */
class SimulatedMetadataTest {
    private static EncodedFrame picture(int number, FrameMetadata metadata) {
        byte[] data = new byte[2_500];
        boolean key = number % 30 == 0;
        data[0] = (byte) (key ? 0x10 : 0x11);
        data[3] = (byte) (number >> 8);
        data[4] = (byte) number;
        return EncodedFrame.ofTimestamp(data, 3_000L * number).withKeyFrame(key).withMetadata(metadata);
    }

    private static int number(EncodedFrame frame) {
        return (frame.data()[3] & 0xff) << 8 | (frame.data()[4] & 0xff);
    }

    /**
     * All of them at once; the picture waits as long as its sender says, and its capture time is reckoned on from
     * second to second.
     */
    @Test
    void framesSayWhatTheirSenderSaid() {
        try (SimulatedPair pair =
                new SimulatedPair(31, Settings.builder().receiveSimulcast().build())) {
            EncodedTrack track = EncodedTrack.vp8("v");
            FrameMetadata said = FrameMetadata.NONE
                    .withOrientation(new VideoOrientation(90, false, true))
                    .withColorSpace(ColorSpace.of(1, 13, 1, 2))
                    .withPlayoutDelay(new PlayoutDelay(200, 400))
                    .withLayers(new VideoLayersAllocation(
                            0, List.of(new VideoLayersAllocation.Layer(0, 0, List.of(200L, 300L), 640, 360, 30))));
            List<EncodedFrame> shown = new ArrayList<>();
            List<Long> late = new ArrayList<>();
            long[] written = new long[120];
            pair.a.addTrack(track);
            pair.b.onTrack(event -> event.track().onFrame(frame -> {
                shown.add(frame);
                late.add(pair.simulator.now() - written[number(frame)]);
            }));
            pair.connect();
            pair.hostA.uplink().delay(Duration.ofMillis(20));
            for (int i = 0; i < 120; i++) {
                int frame = i;
                pair.simulator.schedule(Duration.ofNanos(1_000_000_000L * i / 30), () -> {
                    written[frame] = pair.simulator.now();
                    track.write(picture(frame, said));
                });
            }
            pair.simulator.run(Duration.ofSeconds(6));
            assertThat(shown).hasSize(120);
            AbsoluteCaptureTime before = null;
            for (int i = 1; i < 120; i++) {
                FrameMetadata metadata = shown.get(i).metadata();
                assertThat(metadata.orientation()).isEqualTo(said.orientation());
                assertThat(metadata.colorSpace()).isEqualTo(said.colorSpace());
                assertThat(metadata.layers()).isEqualTo(said.layers());
                assertThat(metadata.playoutDelay()).isEqualTo(said.playoutDelay());
                AbsoluteCaptureTime time = Objects.requireNonNull(metadata.captureTime());
                if (before != null) {
                    double step = (time.ntpTime() - before.ntpTime()) / 4_294_967_296.0;
                    assertThat(step).as("step to %d", i).isBetween(0.032, 0.035);
                }
                before = time;
                if (i > 60) {
                    assertThat(late.get(i)).as("frame %d", i).isBetween(195_000_000L, 260_000_000L);
                }
            }
            RtpReceiver receiver = pair.b.getReceivers().get(0);
            assertThat(receiver.getParameters().headerExtensions())
                    .anyMatch(extension -> extension.uri().equals(FrameExtension.LAYERS_ALLOCATION.uri()));
        }
    }

    /** A frame with another orientation says so; the ones before keep theirs. */
    @Test
    void anOrientationHoldsUntilAnotherOneIsSaid() {
        try (SimulatedPair pair = new SimulatedPair(32)) {
            EncodedTrack track = EncodedTrack.vp8("v");
            List<EncodedFrame> shown = new ArrayList<>();
            pair.a.addTrack(track);
            pair.b.onTrack(event -> event.track().onFrame(shown::add));
            pair.connect();
            for (int i = 0; i < 90; i++) {
                int frame = i;
                FrameMetadata said = FrameMetadata.NONE.withOrientation(
                        i < 40 ? VideoOrientation.UPRIGHT : new VideoOrientation(i < 70 ? 270 : 0, i < 70, false));
                pair.simulator.schedule(
                        Duration.ofNanos(1_000_000_000L * i / 30), () -> track.write(picture(frame, said)));
            }
            pair.simulator.run(Duration.ofSeconds(5));
            assertThat(shown).hasSize(90);
            for (EncodedFrame frame : shown) {
                VideoOrientation orientation =
                        Objects.requireNonNull(frame.metadata().orientation());
                int i = number(frame);
                assertThat(orientation.rotationDegrees()).as("frame %d", i).isEqualTo(i >= 40 && i < 70 ? 270 : 0);
                assertThat(frame.metadata().layers()).isNull();
            }
        }
    }

    /** RFC 3551 4.5.2: G.722 has 16 kHz of sound under a clock of 8 kHz; the tone arrives at its own pitch. */
    @Test
    void soundGoesByG722() {
        try (SimulatedPair pair = new SimulatedPair(33)) {
            AudioTrack voice = AudioTrack.opus("voice");
            RtpTransceiver transceiver = pair.a.addTransceiver(voice, RtpTransceiverInit.DEFAULT);
            transceiver.setCodecPreferences(RtpSender.getCapabilities(MediaKind.AUDIO).codecs().stream()
                    .filter(codec -> codec.mimeType().equals("audio/G722"))
                    .toList());
            List<PcmFrame> heard = new ArrayList<>();
            pair.b.onTrack(event -> event.track().onPcm(heard::add));
            pair.connect();
            for (int i = 0; i < 200; i++) {
                short[] samples = new short[480];
                for (int n = 0; n < samples.length; n++) {
                    samples[n] = (short) (8_000 * Math.sin(2 * Math.PI * 5_000 * (480L * i + n) / 48_000));
                }
                pair.simulator.schedule(
                        Duration.ofMillis(10L * i), () -> voice.write(new PcmFrame(samples, 48_000, 1)));
            }
            pair.simulator.run(Duration.ofSeconds(3));
            PcmFrame middle = heard.get(100);
            assertThat(middle.sampleRateHz()).isEqualTo(16_000);
            int turns = 0;
            for (int i = 90; i < 110; i++) {
                short[] samples = heard.get(i).samples();
                for (int n = 1; n < samples.length; n++) {
                    turns += samples[n - 1] < 0 && samples[n] >= 0 ? 1 : 0;
                }
            }
            // 200 ms of 5 kHz: above what telephones of 8 kHz carry.
            assertThat(turns).isBetween(960, 1_010);
        }
    }
}
