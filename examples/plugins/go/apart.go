package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"

	pb "example.com/ingot-plugin-folder/gen/ingot/plugin/v1"
)

// apart is a second listener, for machines only, beside one with TLS. The certificate that go-plugin makes there is of a kind
// (P-521) that gRPC in Python and C++ refuses, so provisioners in these languages could not get in.
type apart struct {
	server      *grpc.Server
	endpoint    string
	certificate []byte
}

// listenApart serves machines on a socket of their own. The token of each call is what lets a caller in.
func listenApart(service pb.CommunicatorServiceServer) (*apart, error) {
	certificate, err := makeCertificate()
	if err != nil {
		return nil, err
	}
	folder := os.Getenv("PLUGIN_UNIX_SOCKET_DIR")
	if folder == "" {
		folder = os.TempDir()
	}
	name, err := randomHex(6)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("unix", filepath.Join(folder, "machines"+name))
	if err != nil {
		return nil, err
	}
	server := grpc.NewServer(
		grpc.Creds(credentials.NewTLS(&tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12})),
		grpc.MaxRecvMsgSize(math.MaxInt32),
		grpc.MaxSendMsgSize(math.MaxInt32),
		grpc.UnaryInterceptor(refuseHostCalls),
	)
	pb.RegisterCommunicatorServiceServer(server, service)
	go func() { _ = server.Serve(listener) }() // ends with stop, which removes the socket too
	return &apart{server: server, endpoint: "unix:" + listener.Addr().String(), certificate: certificate.Certificate[0]}, nil
}

func (a *apart) stop() {
	if a != nil {
		a.server.Stop()
	}
}

// refuseHostCalls keeps the calls that make and end tokens for the main listener, where only the host gets in.
func refuseHostCalls(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	switch info.FullMethod {
	case pb.CommunicatorService_Grant_FullMethodName, pb.CommunicatorService_Revoke_FullMethodName:
		return nil, status.Error(codes.PermissionDenied, "only the host may call this")
	}
	return handler(ctx, request)
}

// makeCertificate makes a key and a self-signed certificate for "localhost" that live as long as this process.
func makeCertificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: "localhost"},
		DNSNames:              []string{"localhost"},
		NotBefore:             time.Now().Add(-5 * time.Minute),
		NotAfter:              time.Now().AddDate(1, 0, 0),
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
