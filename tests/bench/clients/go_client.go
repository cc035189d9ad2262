// Go's net/http, one goroutine for each connection, keep-alive, HTTP/1.1, signing and parsing with the standard library.
package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

const accounts = 1000

var (
	consumerKey = strings.Repeat("k", 25)
	accessToken = "756201191646691328-" + strings.Repeat("t", 31)
	signingKey  = []byte(strings.Repeat("s", 50) + "&" + strings.Repeat("u", 45))
)

type access struct {
	Request struct {
		Params struct {
			AccountID string `json:"account_id"`
		} `json:"params"`
	} `json:"request"`
	Data struct {
		UserID      string   `json:"user_id"`
		Permissions []string `json:"permissions"`
	} `json:"data"`
}

// RFC 5849 section 3.4. What is escaped here holds no blank, for which url.QueryEscape and the RFC differ.
func authorization(address string) string {
	var random [16]byte
	rand.Read(random[:])
	nonce := hex.EncodeToString(random[:])
	timestamp := strconv.FormatInt(time.Now().Unix(), 10)
	parameters := "oauth_consumer_key=" + consumerKey + "&oauth_nonce=" + nonce +
		"&oauth_signature_method=HMAC-SHA1&oauth_timestamp=" + timestamp + "&oauth_token=" + accessToken +
		"&oauth_version=1.0"
	mac := hmac.New(sha1.New, signingKey)
	io.WriteString(mac, "GET&"+url.QueryEscape(address)+"&"+url.QueryEscape(parameters))
	signature := url.QueryEscape(base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return `OAuth oauth_consumer_key="` + consumerKey + `", oauth_nonce="` + nonce + `", oauth_signature="` + signature +
		`", oauth_signature_method="HMAC-SHA1", oauth_timestamp="` + timestamp + `", oauth_token="` + accessToken +
		`", oauth_version="1.0"`
}

func ask(client *http.Client, base string, account string) bool {
	address := base + account + "/authenticated_user_access"
	request, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return false
	}
	request.Header.Set("Authorization", authorization(address))
	answer, err := client.Do(request)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	var seen access
	if err := json.NewDecoder(answer.Body).Decode(&seen); err != nil {
		return false
	}
	io.Copy(io.Discard, answer.Body)
	return answer.StatusCode == http.StatusOK && seen.Request.Params.AccountID == account && len(seen.Data.Permissions) > 0
}

func main() {
	port := flag.Int("port", 0, "")
	ca := flag.String("ca", "", "")
	connections := flag.Int("connections", 64, "")
	seconds := flag.Int("seconds", 60, "")
	flag.Parse()
	pem, err := os.ReadFile(*ca)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: roots},
		MaxIdleConns:        *connections,
		MaxIdleConnsPerHost: *connections,
		MaxConnsPerHost:     *connections,
		DisableCompression:  true,
	}}
	base := fmt.Sprintf("https://127.0.0.1:%d/12/accounts/", *port)
	var next, requests, errors atomic.Int64
	for worker := 0; worker < *connections; worker++ {
		go func() {
			for {
				if !ask(client, base, fmt.Sprintf("18ce%07d", next.Add(1)%accounts)) {
					errors.Add(1)
				}
				requests.Add(1)
			}
		}()
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	select {
	case <-stop:
	case <-time.After(time.Duration(*seconds) * time.Second):
	}
	fmt.Printf("{\"requests\":%d,\"errors\":%d}\n", requests.Load(), errors.Load())
}
