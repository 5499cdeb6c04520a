// Children by os/exec while goroutines compute, allocate and sleep: each gets
// its input, output, environment, exit status, default signal actions and mask.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

var sink []byte

func load(stop chan bool) {
	for i := 0; ; i++ {
		select {
		case <-stop:
			return
		default:
		}
		switch i % 3 {
		case 0:
			sink = make([]byte, 4096)
		case 1:
			time.Sleep(10 * time.Microsecond)
		default:
			runtime.Gosched()
		}
	}
}

func one(i int) error {
	cmd := exec.Command("/bin/sh", "-c", "cat; echo $N; exit $((N % 5))")
	cmd.Env = append(os.Environ(), fmt.Sprint("N=", i))
	cmd.Stdin = strings.NewReader(strings.Repeat("x", i%100))
	out, err := cmd.Output()
	want := strings.Repeat("x", i%100) + fmt.Sprintln(i)
	if string(out) != want {
		return fmt.Errorf("child %d said %q", i, out)
	}
	code := 0
	var ee *exec.ExitError
	if errors.As(err, &ee) {
		code = ee.ExitCode()
	} else if err != nil {
		return err
	}
	if code != i%5 {
		return fmt.Errorf("child %d: status %d", i, code)
	}
	return nil
}

func many() {
	stop := make(chan bool)
	for i := 0; i < 8; i++ {
		go load(stop)
	}
	const workers, each = 8, 60
	errs := make(chan error, workers)
	for w := 0; w < workers; w++ {
		go func(w int) {
			for i := 0; i < each; i++ {
				if err := one(w*each + i); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}(w)
	}
	for w := 0; w < workers; w++ {
		if err := <-errs; err != nil {
			fmt.Println(err)
		}
	}
	close(stop)
	fmt.Println("many")
}

func pipes() {
	cmd := exec.Command("cat")
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		fmt.Println(err)
		return
	}
	var wg sync.WaitGroup
	wg.Add(1)
	data := bytes.Repeat([]byte("0123456789"), 100000)
	go func() {
		in.Write(data)
		in.Close()
		wg.Done()
	}()
	got, err := io.ReadAll(out)
	wg.Wait()
	fmt.Println(bytes.Equal(got, data), err, cmd.Wait())
}

func mask(status, name string) (m uint64) {
	for _, l := range strings.Split(status, "\n") {
		if strings.HasPrefix(l, name+":") {
			fmt.Sscanf(l, name+":\t%x", &m)
		}
	}
	return m
}

func signals() {
	signal.Ignore(syscall.SIGUSR2)
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGUSR1, syscall.SIGTERM)
	out, err := exec.Command("cat", "/proc/self/status").Output()
	fmt.Println(mask(string(out), "SigBlk")&0xffff, mask(string(out), "SigCgt"), err)
	fmt.Println(mask(string(out), "SigIgn") & (1<<(syscall.SIGUSR1-1) | 1<<(syscall.SIGUSR2-1) | 1<<(syscall.SIGTERM-1)))
	cmd := exec.Command("sleep", "100")
	cmd.Start()
	cmd.Process.Signal(syscall.SIGTERM)
	fmt.Println(cmd.Wait())
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
	defer cancel()
	fmt.Println(exec.CommandContext(ctx, "sleep", "100").Run())
	signal.Stop(c)
}

func failures() {
	fmt.Println(exec.Command("/nonexistent/x").Run())
	fmt.Println(exec.Command("nonexistent-command").Run())
	cmd := exec.Command("true")
	cmd.Dir = "/nonexistent"
	fmt.Println(cmd.Run())
	fmt.Println(syscall.Exec("/nonexistent/x", []string{"x"}, nil))
}

func main() {
	if len(os.Args) > 1 {
		// exec without fork: the argument list goes on without us
		fmt.Println(os.Args[1:], os.Getenv("GORT_TEST"))
		for i := 0; i < 20; i++ {
			go load(nil)
		}
		err := syscall.Exec("/bin/sh", []string{"sh", "-c", "echo replaced $GORT_TEST; exit 3"}, os.Environ())
		fmt.Println("not replaced:", err)
		return
	}
	many()
	pipes()
	signals()
	failures()
	os.Setenv("GORT_TEST", "set")
	cmd := exec.Command(os.Args[0], "again")
	out, err := cmd.CombinedOutput()
	fmt.Print(string(out))
	fmt.Println(err)
}
