// Records what the kubelet's own probe clients send, and what they make of the answers.
//
// It drives pkg/probe of kubernetes v1.36.2 against servers that act as cases.json says, and writes
// recorded.json. `sh record.sh` builds and runs it; the tests only read what it wrote.
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	grpcprobe "k8s.io/kubernetes/pkg/probe/grpc"
	httpprobe "k8s.io/kubernetes/pkg/probe/http"
	tcpprobe "k8s.io/kubernetes/pkg/probe/tcp"
)

// Step is one thing a server does on a connection: send bytes, wait, hang, or reset it.
type Step struct {
	Send  string  `json:"send"`
	Wait  float64 `json:"wait"`
	Hang  bool    `json:"hang"`
	Reset bool    `json:"reset"`
}

// Case is one probe against one server, which may speak first or be closed; connections beyond the
// last answer get that one again.
type Case struct {
	Name    string            `json:"name"`
	Kind    string            `json:"kind"`
	HTTP    *v1.HTTPGetAction `json:"httpGet"`
	Closed  bool              `json:"closed"`
	First   bool              `json:"first"`
	Timeout float64           `json:"timeout"`
	Answers [][]Step          `json:"answers"`
}

// Recorded is what came of it.
type Recorded struct {
	Name     string   `json:"name"`
	Requests []string `json:"requests"`
	Result   string   `json:"result"`
	Output   string   `json:"output"`
	Error    string   `json:"error"`
}

type server struct {
	listener net.Listener
	answers  [][]Step
	first    bool
	mu       sync.Mutex
	requests []string
	done     chan struct{}
}

func (s *server) serve() {
	for number := 0; ; number++ {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		go s.answer(conn, number)
	}
}

func (s *server) answer(conn net.Conn, number int) {
	defer conn.Close()
	if len(s.answers) == 0 {
		return
	}
	s.mu.Lock()
	index := len(s.requests)
	s.requests = append(s.requests, "")
	s.mu.Unlock()
	buffer := make([]byte, 65536)
	request := ""
	for !s.first && !strings.Contains(request, "\r\n\r\n") {
		n, err := conn.Read(buffer)
		request += string(buffer[:n])
		if err != nil {
			break
		}
	}
	s.mu.Lock()
	s.requests[index] = request
	s.mu.Unlock()
	if number >= len(s.answers) {
		number = len(s.answers) - 1
	}
	for _, step := range s.answers[number] {
		switch {
		case step.Hang:
			<-s.done
		case step.Reset:
			conn.(*net.TCPConn).SetLinger(0)
			return
		case step.Wait > 0:
			time.Sleep(time.Duration(step.Wait * float64(time.Second)))
		default:
			conn.Write([]byte(step.Send))
		}
	}
}

func run(c Case) Recorded {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	raw, _ := json.Marshal(c)
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(raw), "{port}", fmt.Sprint(port))), &c); err != nil {
		panic(err)
	}
	s := &server{listener: listener, answers: c.Answers, first: c.First, done: make(chan struct{})}
	if c.Closed {
		listener.Close()
	} else {
		go s.serve()
	}
	timeout := time.Duration(c.Timeout * float64(time.Second))
	out := Recorded{Name: c.Name}
	var result, output any
	switch c.Kind {
	case "http":
		container := &v1.Container{Ports: []v1.ContainerPort{{Name: "web", ContainerPort: int32(port)}}}
		if c.HTTP.Port == (intstr.IntOrString{}) {
			c.HTTP.Port = intstr.FromInt32(int32(port))
		}
		req, err := httpprobe.NewRequestForHTTPGetAction(c.HTTP, container, "127.0.0.1", "probe")
		if err != nil {
			result, out.Error = "unknown", err.Error()
			break
		}
		result, output, err = httpprobe.New(false).Probe(req, timeout)
		if err != nil {
			out.Error = err.Error()
		}
	case "tcp":
		result, output, err = tcpprobe.New().Probe("127.0.0.1", port, timeout)
	case "grpc":
		result, output, err = grpcprobe.New().Probe("127.0.0.1", "", port, timeout)
	}
	listener.Close()
	close(s.done)
	time.Sleep(50 * time.Millisecond)
	out.Result = fmt.Sprint(result)
	if output != nil {
		out.Output = fmt.Sprint(output)
	}
	s.mu.Lock()
	out.Requests = append([]string{}, s.requests...)
	s.mu.Unlock()
	raw, _ = json.Marshal(out)
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(raw), fmt.Sprint(port), "{port}")), &out); err != nil {
		panic(err)
	}
	return out
}

func main() {
	content, err := os.ReadFile("cases.json")
	if err != nil {
		panic(err)
	}
	var cases []Case
	if err := json.Unmarshal(content, &cases); err != nil {
		panic(err)
	}
	recorded := []Recorded{}
	for _, c := range cases {
		recorded = append(recorded, run(c))
	}
	file, err := os.Create("recorded.json")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	encoder := json.NewEncoder(file)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(recorded); err != nil {
		panic(err)
	}
}
