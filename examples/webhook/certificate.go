// Copyright The hostprocess-go Authors.
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
)

// certificate is a pair of files. They are read again for each new connection,
// which costs little beside the handshake, and needs no watcher that could miss
// a change. Where they can't be used, as between the writes of the two, the last
// certificate that was right stays in use.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger
	metrics           *metrics

	mu              sync.Mutex
	certPEM, keyPEM []byte
	current         *tls.Certificate
}

// config is for a server with this certificate.
func (c *certificate) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get}
}

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.loadLocked(); err != nil {
		c.metrics.count("certificate_loads_total", "result", "failed")
		c.log.Error("the certificate can't be read, the last one is used", "error", err)
	}
	return c.current, nil
}

// load reads the files for the first time.
func (c *certificate) load() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.loadLocked()
}

func (c *certificate) loadLocked() error {
	certPEM, err := os.ReadFile(c.certFile)
	if err != nil {
		return err
	}
	keyPEM, err := os.ReadFile(c.keyFile)
	if err != nil {
		return err
	}
	if c.current != nil && bytes.Equal(certPEM, c.certPEM) && bytes.Equal(keyPEM, c.keyPEM) {
		return nil
	}
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return fmt.Errorf("%s and %s: %w", c.certFile, c.keyFile, err)
	}
	c.certPEM, c.keyPEM, c.current = certPEM, keyPEM, &pair
	c.metrics.count("certificate_loads_total", "result", "loaded")
	c.log.Info("certificate loaded", "notAfter", pair.Leaf.NotAfter)
	return nil
}
