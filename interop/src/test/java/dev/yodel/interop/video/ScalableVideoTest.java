package dev.yodel.interop.video;

import static org.assertj.core.api.Assertions.assertThat;

import dev.yodel.interop.browser.Chromium;
import dev.yodel.interop.browser.Polling;
import dev.yodel.media.EncodedFrame;
import dev.yodel.media.FrameLayer;
import dev.yodel.rtp.extension.ScalabilityMode;
import dev.yodel.webrtc.PeerConnection;
import dev.yodel.webrtc.PeerConnectionFactory;
import dev.yodel.webrtc.RemoteTrack;
import dev.yodel.webrtc.RtpForwarder;
import dev.yodel.webrtc.Settings;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Chromium sends several spatial and temporal layers in one stream. A forwarder sends another connection of it as
 * many layers as we say, and the browser sees the size change. Then it decodes the layers that we recorded, sent anew
 * by an EncodedTrack, with the descriptors that we write of them.
 */
class ScalableVideoTest {
    /** Chromium leaves out spatial layers of VP9 that are smaller. */
    private static final int NARROWEST = 240;

    private static final int PICTURES = 45;

    private static ScalabilityMode mode(String name) {
        return Objects.requireNonNull(ScalabilityMode.parse(name));
    }

    @Test
    void vp9OfTwoSpatialAndThreeTemporalLayers() throws Exception {
        check("VP9", "L2T3_KEY", false);
    }

    @Test
    @Tag("long")
    void av1OfThreeTemporalLayers() throws Exception {
        check("AV1", "L1T3", true);
    }

    @ParameterizedTest
    @Tag("long")
    @CsvSource({
        "VP9, L1T2, false", "VP9, L1T2, true", "AV1, L1T2, true",
        "VP9, L1T3, false", "VP9, L1T3, true", "AV1, L1T3, true",
        "VP9, L2T1, false", "VP9, L2T1, true", "AV1, L2T1, true",
        "VP9, L2T2_KEY, false", "VP9, L2T2_KEY, true", "AV1, L2T2_KEY, true",
        "VP9, L3T1, false", "VP9, L3T1, true", "AV1, L3T1, true",
        "VP9, L3T3, false", "VP9, L3T3, true", "AV1, L3T3, true",
        "VP9, L3T3_KEY, false", "VP9, L3T3_KEY, true", "AV1, L3T3_KEY, true",
        "VP8, L1T2, true", "VP8, L1T3, true"
    })
    void everyModeOfBoth(String codec, String name, boolean descriptors) throws Exception {
        check(codec, name, descriptors);
    }

    private static void check(String codec, String name, boolean descriptors) throws Exception {
        ScalabilityMode mode = mode(name);
        int width = NARROWEST << (mode.spatialLayers() - 1);
        RecordedLayers recorded = new RecordedLayers(codec);
        Settings settings = descriptors ? Settings.builder().receiveSimulcast().build() : Settings.DEFAULT;
        try (Chromium page = Chromium.start();
                PeerConnectionFactory factory =
                        PeerConnectionFactory.builder().settings(settings).build()) {
            forward(page, factory, recorded, codec, name, width, descriptors);
            List<EncodedFrame> pictures = recorded.pictures(mode);
            assertThat(pictures).as("%s %s", codec, name).hasSizeGreaterThan(PICTURES / 2);
            FrameLayer first = Objects.requireNonNull(pictures.get(0).layer());
            assertThat(first.temporal()).isZero();
            play(page, factory, pictures, codec, mode, descriptors);
        }
    }

    private static void forward(
            Chromium page,
            PeerConnectionFactory factory,
            RecordedLayers recorded,
            String codec,
            String name,
            int width,
            boolean descriptors)
            throws Exception {
        ScalabilityMode mode = mode(name);
        List<RtpForwarder> forwarders = new CopyOnWriteArrayList<>();
        try (PeerConnection publisher = factory.newPeerConnection();
                PeerConnection subscriber = factory.newPeerConnection()) {
            publisher.onTrack(event -> {
                RemoteTrack track = event.track();
                track.onRtp(recorded::take);
                RtpForwarder forwarder = RtpForwarder.of(track);
                subscriber.addTrack(forwarder.track());
                forwarders.add(forwarder);
            });
            VideoPage sends = new VideoPage(page, "publisher");
            sends.call(
                    publisher,
                    codec,
                    true,
                    "{width: " + width + ", height: " + width * 9 / 16 + ", mode: '" + name + "', descriptors: "
                            + descriptors + "}");
            publisher.connected().get(20, TimeUnit.SECONDS);
            VideoPage watches = new VideoPage(page, "subscriber");
            watches.call(subscriber, codec, false, "{descriptors: " + descriptors + "}");
            subscriber.connected().get(20, TimeUnit.SECONDS);
            RtpForwarder forwarder = forwarders.get(0);
            int highest = mode.spatialLayers() - 1;
            awaitWidth(watches, sends, forwarder, recorded, width);
            for (int layer = 0; layer <= highest && highest > 0; layer++) {
                forwarder.maxSpatialLayer(layer);
                awaitWidth(watches, sends, forwarder, recorded, width >> (highest - layer));
            }
            watches.awaitPictures(codec, PICTURES);
            int withoutEnd = recorded.picturesWithoutEnd();
            if (withoutEnd > 0) {
                System.out.println(codec + " " + name + ": the sender left " + withoutEnd
                        + " pictures without their end; they stood still for " + watches.frozenSeconds() + " s");
            } else {
                // Later the base layer alone, of a busy sender, may count as standing still.
                assertThat(watches.frozenSeconds())
                        .as("%s %s forwarded, %s", codec, name, sends.sent())
                        .isLessThan(2);
            }
            if (mode.temporalLayers() > 1) {
                // The base layer alone has a half or a quarter of the pictures, and is decoded.
                forwarder.maxTemporalLayer(0);
                int before = watches.pictures();
                watches.awaitPictures(codec, before + 8);
                forwarder.maxTemporalLayer(7);
                watches.awaitPictures(codec, watches.pictures() + 15);
            }
            sends.hangUp();
            watches.hangUp();
            forwarder.close();
        }
    }

    private static void awaitWidth(
            VideoPage page, VideoPage sends, RtpForwarder forwarder, RecordedLayers recorded, int width) {
        try {
            Polling.until(
                    "pictures of " + width + " pixels, now " + forwarder,
                    25,
                    () -> page.width() == width ? true : null);
        } catch (AssertionError e) {
            throw new AssertionError(
                    e.getMessage() + ", width " + page.width() + ", " + recorded + ", sent " + sends.sent(), e);
        }
    }

    private static void play(
            Chromium page,
            PeerConnectionFactory factory,
            List<EncodedFrame> pictures,
            String codec,
            ScalabilityMode mode,
            boolean descriptors)
            throws Exception {
        try (PeerConnection pc = factory.newPeerConnection();
                VideoLoop player = new VideoLoop(codec, pictures)) {
            pc.addTrack(player.track());
            VideoPage watches = new VideoPage(page);
            watches.call(pc, codec, false, "{descriptors: " + descriptors + "}");
            pc.connected().get(20, TimeUnit.SECONDS);
            player.start();
            watches.awaitPictures(codec, PICTURES);
            assertThat(player.track().droppedFrames()).as(codec).isZero();
            assertThat(watches.frozenSeconds()).as("%s %s played", codec, mode).isLessThan(1);
            watches.hangUp();
        }
    }
}
