// Pion: two peers in this process; prints figures as DataChannelRun does.
// Arguments: throughput SIZE WARMUP SECONDS CONNECTIONS BOTH, rtt SIZE WARMUP SECONDS, or open COUNT WARMUP.
package main

import (
	"bytes"
	"fmt"
	"math/rand"
	"os"
	"sort"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/pion/webrtc/v3"
)

const steps = 8192

// What a sender buffers before it waits, and down to which: see Buffered.java.
var most, least uint64 = 4 << 20, 1 << 20

func must(err error) {
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

func min(a, b uint64) uint64 {
	if a < b {
		return a
	}
	return b
}

type pattern struct {
	size  int
	bytes []byte
}

func newPattern(size int) *pattern {
	p := &pattern{size, make([]byte, size+steps)}
	rand.Read(p.bytes)
	return p
}

func (p *pattern) message(number int) []byte {
	from := number * 31 % steps
	return p.bytes[from : from+p.size]
}

func (p *pattern) check(number int, data []byte) {
	if !bytes.Equal(p.message(number), data) {
		must(fmt.Errorf("message %d is not what was sent", number))
	}
}

type pair struct {
	a, b          *webrtc.PeerConnection
	first, second *webrtc.DataChannel
}

func makePair() pair {
	var p pair
	var err error
	p.a, err = webrtc.NewPeerConnection(webrtc.Configuration{})
	must(err)
	p.b, err = webrtc.NewPeerConnection(webrtc.Configuration{})
	must(err)
	aCandidates, bCandidates := make(chan webrtc.ICECandidateInit, 64), make(chan webrtc.ICECandidateInit, 64)
	p.a.OnICECandidate(func(c *webrtc.ICECandidate) {
		if c != nil {
			aCandidates <- c.ToJSON()
		}
	})
	p.b.OnICECandidate(func(c *webrtc.ICECandidate) {
		if c != nil {
			bCandidates <- c.ToJSON()
		}
	})
	opened, announced := make(chan bool, 2), make(chan bool, 2)
	p.b.OnDataChannel(func(channel *webrtc.DataChannel) {
		p.second = channel
		channel.OnOpen(func() { announced <- true })
	})
	p.first, err = p.a.CreateDataChannel("bench", nil)
	must(err)
	p.first.OnOpen(func() { opened <- true })
	offer, err := p.a.CreateOffer(nil)
	must(err)
	must(p.a.SetLocalDescription(offer))
	must(p.b.SetRemoteDescription(offer))
	answer, err := p.b.CreateAnswer(nil)
	must(err)
	must(p.b.SetLocalDescription(answer))
	must(p.a.SetRemoteDescription(answer))
	go func() {
		for c := range aCandidates {
			_ = p.b.AddICECandidate(c)
		}
	}()
	go func() {
		for c := range bCandidates {
			_ = p.a.AddICECandidate(c)
		}
	}()
	<-opened
	<-announced
	return p
}

func pump(channel *webrtc.DataChannel, p *pattern) {
	low := make(chan bool, 1)
	channel.SetBufferedAmountLowThreshold(least)
	channel.OnBufferedAmountLow(func() {
		select {
		case low <- true:
		default:
		}
	})
	for number := 0; ; number++ {
		must(channel.Send(p.message(number)))
		if channel.BufferedAmount() > most {
			<-low
		}
	}
}

func cpu() float64 {
	var usage syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

func number(i int) int {
	value, err := strconv.Atoi(os.Args[i])
	must(err)
	return value
}

func seconds(i int) time.Duration {
	return time.Duration(number(i)) * time.Second
}

func print(values []float64) {
	sort.Float64s(values)
	fmt.Printf("figures %.2f %.2f\n", values[len(values)/2], values[len(values)*99/100])
}

func throughput() {
	size := number(2)
	p := newPattern(size)
	var received int64
	flow := func(from, to *webrtc.DataChannel) {
		count := 0
		to.OnMessage(func(message webrtc.DataChannelMessage) {
			p.check(count, message.Data)
			count++
			atomic.AddInt64(&received, int64(size))
		})
		go pump(from, p)
	}
	pairs := make([]pair, number(5))
	most = min(most, uint64(64<<20/len(pairs)))
	least = most / 4
	for i := range pairs {
		pairs[i] = makePair()
	}
	for _, pair := range pairs {
		flow(pair.first, pair.second)
		if os.Args[6] == "true" {
			flow(pair.second, pair.first)
		}
	}
	time.Sleep(seconds(3))
	before, used, start := atomic.LoadInt64(&received), cpu(), time.Now()
	time.Sleep(seconds(4))
	count := float64(atomic.LoadInt64(&received) - before)
	fmt.Printf("figures %.2f %.2f\n", count/time.Since(start).Seconds()/1e6, count/(cpu()-used)/1e6)
}

func rtt() {
	p := newPattern(number(2))
	pair := makePair()
	pair.second.OnMessage(func(message webrtc.DataChannelMessage) { must(pair.second.Send(message.Data)) })
	echoes := make(chan []byte, 1)
	pair.first.OnMessage(func(message webrtc.DataChannelMessage) { echoes <- message.Data })
	var micros []float64
	for _, limit := range []time.Duration{seconds(3), seconds(4)} {
		micros = nil
		until := time.Now().Add(limit)
		for number := 0; time.Now().Before(until); number++ {
			start := time.Now()
			must(pair.first.Send(p.message(number)))
			echo := <-echoes
			micros = append(micros, float64(time.Since(start).Nanoseconds())/1e3)
			p.check(number, echo)
		}
	}
	print(micros)
}

func open() {
	count := number(2)
	var millis []float64
	for i := -number(3); i < count; i++ {
		start := time.Now()
		pair := makePair()
		if i >= 0 {
			millis = append(millis, float64(time.Since(start).Nanoseconds())/1e6)
		}
		must(pair.a.Close())
		must(pair.b.Close())
	}
	print(millis)
}

func main() {
	switch os.Args[1] {
	case "throughput":
		throughput()
	case "rtt":
		rtt()
	default:
		open()
	}
	var usage syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	fmt.Printf("memory %d\n", usage.Maxrss/1024)
}
