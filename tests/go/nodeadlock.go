// Goroutines that all wait are no deadlock while a signal, a descriptor or a
// timer can wake one.
package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGUSR1)
	cmd := exec.Command("sh", "-c", fmt.Sprint("sleep 0.1; kill -USR1 ", os.Getpid()))
	if err := cmd.Start(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(<-c)
	fmt.Println(cmd.Wait())
	signal.Stop(c)

	<-time.After(50 * time.Millisecond)

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	cmd = exec.Command("sh", "-c", "sleep 0.1; exec 3<>/dev/tcp/127.0.0.1/"+fmt.Sprint(l.Addr().(*net.TCPAddr).Port))
	cmd.Path = "/bin/bash"
	if err := cmd.Start(); err != nil {
		fmt.Println(err)
		return
	}
	_, err = l.Accept()
	fmt.Println(err)
	fmt.Println(cmd.Wait())
}
