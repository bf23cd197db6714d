// A Pion that sends the VP8 packets it receives back as they are. Descriptions go in and come out as JSON, one a line; {"offer": 1} asks for an
// offer. The end of the input ends it.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v3"
)

func must(err error) {
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

func describe(pc *webrtc.PeerConnection, description webrtc.SessionDescription) {
	gathered := webrtc.GatheringCompletePromise(pc)
	must(pc.SetLocalDescription(description))
	<-gathered
	line, err := json.Marshal(pc.LocalDescription())
	must(err)
	fmt.Println(string(line))
}

func main() {
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	must(err)
	back, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000}, "back", "pion")
	must(err)
	_, err = pc.AddTrack(back)
	must(err)
	pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		go func() {
			for range time.Tick(time.Second) {
				if pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: uint32(track.SSRC())}}) != nil {
					return
				}
			}
		}()
		frames := 0
		for {
			packet, _, err := track.ReadRTP()
			if err != nil {
				return
			}
			if packet.Marker {
				frames++
				fmt.Println("frames", frames)
			}
			if back.WriteRTP(packet) != nil {
				return
			}
		}
	})
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<20)
	for lines.Scan() {
		var message map[string]any
		must(json.Unmarshal(lines.Bytes(), &message))
		if message["offer"] != nil {
			offer, err := pc.CreateOffer(nil)
			must(err)
			describe(pc, offer)
			continue
		}
		var description webrtc.SessionDescription
		must(json.Unmarshal(lines.Bytes(), &description))
		must(pc.SetRemoteDescription(description))
		if description.Type == webrtc.SDPTypeOffer {
			answer, err := pc.CreateAnswer(nil)
			must(err)
			describe(pc, answer)
		}
	}
	must(pc.Close())
}
