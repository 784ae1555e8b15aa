// Command ingot-plugin-folder is a plugin for Ingot, written from the protocol's description alone.
//
// It serves two components: a builder "folder", whose machine is a private folder of this computer, and a data source
// "folder", which lists the files of a folder. The handshake, the health service and the rest of the launch protocol come
// from the public go-plugin library.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	pb "example.com/ingot-plugin-folder/gen/ingot/plugin/v1"
)

const (
	pluginName    = "folder"
	pluginVersion = "0.1.0"

	// How long clean-up may take once the process has to end: a host kills after two seconds.
	exitGrace = 1500 * time.Millisecond
)

// The values that every Ingot host sets; see "Launch" in the protocol's description.
var handshake = plugin.HandshakeConfig{
	MagicCookieKey:   "INGOT_PLUGIN_MAGIC_COOKIE",
	MagicCookieValue: "6b1f3f2f6d0c8d0f2a3ee1d3f7a6c1d94f5c0b8f7f1f5f0f9d5b4c0f3a7e2d18",
}

// services registers Ingot's services on the server that go-plugin starts.
type services struct {
	plugin.NetRPCUnsupportedPlugin
	process   *process
	instances *instances
	machines  *machines
	apart     *apart
}

func (s *services) GRPCServer(_ *plugin.GRPCBroker, server *grpc.Server) error {
	communicator := &communicatorService{process: s.process, machines: s.machines}
	if os.Getenv("PLUGIN_CLIENT_CERT") != "" {
		apart, err := listenApart(communicator)
		if err != nil {
			return err
		}
		communicator.apart, s.apart = apart, apart
	}
	pb.RegisterPluginServiceServer(server, &pluginService{instances: s.instances})
	pb.RegisterBuilderServiceServer(server, &builderService{
		process: s.process, instances: s.instances, machines: s.machines, communicator: communicator,
	})
	pb.RegisterCommunicatorServiceServer(server, communicator)
	pb.RegisterDataSourceServiceServer(server, &dataSourceService{process: s.process, instances: s.instances})
	return nil
}

func (s *services) GRPCClient(context.Context, *plugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	panic("this side only serves")
}

func main() {
	log := hclog.New(&hclog.LoggerOptions{Name: "folder", Level: hclog.Debug, Output: os.Stderr, JSONFormat: true})
	run := newProcess()

	// After Ctrl-C the host decides what happens. The library sees to this too, but only after the handshake.
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)

	served := &services{process: run, instances: newInstances(), machines: newMachines()}
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig:  handshake,
		VersionedPlugins: map[int]plugin.PluginSet{1: {"ingot": served}},
		GRPCServer: func(options []grpc.ServerOption) *grpc.Server {
			server := plugin.DefaultGRPCServer(options)
			go stopWhenHostVanishes(server, log)
			go stopOnTerminate(server)
			return server
		},
		Logger: log,
	})

	// The server is gone. Sessions that were running have a moment to remove what they made.
	run.stop(exitGrace)
	served.apart.stop()
}

// stopWhenHostVanishes waits for the end of standard input, which the host keeps open as long as it lives. A terminal or
// the null device says nothing about a host, so a plugin that was started by hand goes on.
func stopWhenHostVanishes(server *grpc.Server, log hclog.Logger) {
	info, err := os.Stdin.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice != 0 {
		return
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	log.Debug("the host is gone")
	server.Stop()
}

// stopOnTerminate ends the server in order, so that the socket is removed.
func stopOnTerminate(server *grpc.Server) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	<-signals
	server.Stop()
}
