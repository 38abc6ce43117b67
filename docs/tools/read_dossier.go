// Reads a dossier's checkpoint and proofs with golang.org/x/mod/sumdb: note and tlog, nothing of the product.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must(err error) {
	if err != nil {
		fmt.Println("NOT VERIFIED:", err)
		os.Exit(1)
	}
}

func main() {
	vkey, err := os.ReadFile("key.vkey")
	must(err)
	verifier, err := note.NewVerifier(strings.TrimSpace(string(vkey)))
	must(err)
	var record struct {
		Checkpoint string
		Events     []struct {
			Number int64
			Proof  []string
		}
	}
	data, err := os.ReadFile("record.json")
	must(err)
	must(json.Unmarshal(data, &record))
	signed, err := note.Open([]byte(record.Checkpoint), note.VerifierList(verifier))
	must(err)
	lines := strings.Split(signed.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	var root tlog.Hash
	raw, err := base64.StdEncoding.DecodeString(lines[2])
	must(err)
	copy(root[:], raw)
	var log struct {
		Events []struct {
			Meeting, Hash string
			Seq           int
		}
	}
	data, err = os.ReadFile("events.json")
	must(err)
	must(json.Unmarshal(data, &log))
	for i, event := range log.Events {
		leaf := fmt.Sprintf(`{"hash":"%s","log":"%s","seq":%d,"v":1}`, event.Hash, event.Meeting, event.Seq)
		var proof tlog.RecordProof
		for _, text := range record.Events[i].Proof {
			raw, err := base64.StdEncoding.DecodeString(text)
			must(err)
			var hash tlog.Hash
			copy(hash[:], raw)
			proof = append(proof, hash)
		}
		must(tlog.CheckRecord(proof, size, root, record.Events[i].Number, tlog.RecordHash([]byte(leaf))))
	}
	fmt.Println("signed by", signed.Sigs[0].Name, "·", len(log.Events), "events under", size, "leaves")
}
