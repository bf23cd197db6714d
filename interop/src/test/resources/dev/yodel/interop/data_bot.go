// The data bot on Pion; see data_bot.js for what a channel's label means.
// Descriptions go in and come out as JSON, one a line; {"offer": 1} asks for an offer, {"restart": 1} for one with new ICE credentials. The end of the input ends it.
package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/pion/webrtc/v3"
)

const room = 1 << 20

type wanted struct {
	Label string `json:"label"`
	Init  struct {
		Ordered           *bool   `json:"ordered"`
		MaxRetransmits    *uint16 `json:"maxRetransmits"`
		MaxPacketLifeTime *uint16 `json:"maxPacketLifeTime"`
		Protocol          *string `json:"protocol"`
	} `json:"init"`
}

type bot struct {
	pc       *webrtc.PeerConnection
	channels map[string]*webrtc.DataChannel
}

func must(err error) {
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

func (b *bot) open(w wanted) {
	channel, err := b.pc.CreateDataChannel(w.Label, &webrtc.DataChannelInit{
		Ordered: w.Init.Ordered, MaxRetransmits: w.Init.MaxRetransmits,
		MaxPacketLifeTime: w.Init.MaxPacketLifeTime, Protocol: w.Init.Protocol,
	})
	must(err)
	b.serve(channel)
}

func (b *bot) command(line string) {
	space := strings.Index(line, " ")
	rest := line[space+1:]
	switch line[:space] {
	case "open":
		var w wanted
		must(json.Unmarshal([]byte(rest), &w))
		b.open(w)
	case "close":
		must(b.channels[rest].Close())
	}
}

func (b *bot) serve(channel *webrtc.DataChannel) {
	b.channels[channel.Label()] = channel
	fields := strings.Split(channel.Label(), " ")
	digest := sha256.New()
	bytes, messages := 0, 0
	channel.OnMessage(func(message webrtc.DataChannelMessage) {
		text := string(message.Data)
		switch {
		case fields[0] == "control" && message.IsString:
			b.command(text)
		case fields[0] == "echo" && message.IsString:
			must(channel.SendText(text))
		case fields[0] == "echo":
			must(channel.Send(message.Data))
		case fields[0] == "close":
			must(channel.Close())
		case fields[0] == "sink" && message.IsString && text == "end":
			must(channel.SendText(fmt.Sprintf("sha256 %x %d %d", digest.Sum(nil), bytes, messages)))
		case fields[0] == "sink" && !message.IsString:
			digest.Write(message.Data)
			bytes += len(message.Data)
			messages++
		}
	})
	channel.OnOpen(func() {
		switch fields[0] {
		case "attributes":
			line, err := json.Marshal(map[string]any{
				"label": channel.Label(), "ordered": channel.Ordered(), "maxRetransmits": channel.MaxRetransmits(),
				"maxPacketLifeTime": channel.MaxPacketLifeTime(), "protocol": channel.Protocol(), "id": channel.ID(),
			})
			must(err)
			must(channel.SendText(string(line)))
		case "source":
			var total, size int
			_, err := fmt.Sscan(fields[1]+" "+fields[2], &total, &size)
			must(err)
			source(channel, total, size)
		}
	})
}

func source(channel *webrtc.DataChannel, total int, size int) {
	low := make(chan struct{}, 1)
	channel.SetBufferedAmountLowThreshold(room / 2)
	channel.OnBufferedAmountLow(func() {
		select {
		case low <- struct{}{}:
		default:
		}
	})
	digest := sha256.New()
	messages := 0
	for sent := 0; sent < total; messages++ {
		if size > total-sent {
			size = total - sent
		}
		piece := make([]byte, size)
		for i := range piece {
			piece[i] = byte((sent+i)*131 + messages*7)
		}
		digest.Write(piece)
		must(channel.Send(piece))
		sent += size
		if channel.BufferedAmount() > room {
			<-low
		}
	}
	must(channel.SendText(fmt.Sprintf("sha256 %x %d %d", digest.Sum(nil), total, messages)))
}

func (b *bot) describe() {
	line, err := json.Marshal(b.pc.LocalDescription())
	must(err)
	fmt.Println(string(line))
}

func main() {
	engine := webrtc.SettingEngine{}
	if len(os.Args) > 1 && os.Args[1] == "tcp" {
		// TCP candidates only, on one port.
		listener, err := net.ListenTCP("tcp4", &net.TCPAddr{})
		must(err)
		engine.SetICETCPMux(webrtc.NewICETCPMux(nil, listener, 8))
		engine.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeTCP4})
	}
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(engine)).NewPeerConnection(webrtc.Configuration{})
	must(err)
	b := &bot{pc: pc, channels: map[string]*webrtc.DataChannel{}}
	pc.OnDataChannel(b.serve)
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<20)
	for lines.Scan() {
		var message map[string]any
		must(json.Unmarshal(lines.Bytes(), &message))
		if message["offer"] != nil || message["restart"] != nil {
			if message["offer"] != nil {
				b.open(wanted{Label: "control"})
			}
			offer, err := pc.CreateOffer(&webrtc.OfferOptions{ICERestart: message["restart"] != nil})
			must(err)
			gathered := webrtc.GatheringCompletePromise(pc)
			must(pc.SetLocalDescription(offer))
			<-gathered
			b.describe()
			continue
		}
		var description webrtc.SessionDescription
		must(json.Unmarshal(lines.Bytes(), &description))
		must(pc.SetRemoteDescription(description))
		if description.Type == webrtc.SDPTypeOffer {
			answer, err := pc.CreateAnswer(nil)
			must(err)
			gathered := webrtc.GatheringCompletePromise(pc)
			must(pc.SetLocalDescription(answer))
			<-gathered
			b.describe()
		}
	}
	must(pc.Close())
}
