// Everybody waits for somebody who waits, beside a signal receiver that has
// nothing to wait for any more, stopped timers and a poller that is up. Whose
// thread fell asleep last is told first: the receiver's or nobody's.
package main

import (
	"fmt"
	"net"
	"os"
	"os/signal"
	"time"
)

func main() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	signal.Stop(c)
	signal.Reset()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
	} else {
		l.Close()
	}
	t := time.NewTimer(time.Hour)
	t.Stop()
	fmt.Println("now")
	go func() {
		select {}
	}()
	<-t.C
}
