// Go net/http + pgx v4: a pool, prepared statements (pgx caches them), one transaction a request.
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgtype"
	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"
)

const statement = `
select s.id, s.name, s.unit, d."timestamp", d.value
from peer.kpi_sources s
join peer.kpi_data d on d.tenant_id = s.tenant_id and d.source_id = s.id
where s.tenant_id = $1 and s.business_id = $2 and d."timestamp" >= $3 and d."timestamp" < $4
order by s.name, d."timestamp"`

type point struct {
	Timestamp time.Time `json:"timestamp"`
	Value     float64   `json:"value"`
}

type aggregates struct {
	Count int     `json:"count"`
	Sum   float64 `json:"sum"`
	Mean  float64 `json:"mean"`
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
	First float64 `json:"first"`
	Last  float64 `json:"last"`
}

type metric struct {
	SourceID   string     `json:"source_id"`
	Name       string     `json:"name"`
	Unit       *string    `json:"unit"`
	Points     []point    `json:"points"`
	Aggregates aggregates `json:"aggregates"`
}

type answer struct {
	BusinessID string    `json:"business_id"`
	Bucket     string    `json:"bucket"`
	From       time.Time `json:"from"`
	To         time.Time `json:"to"`
	Metrics    []*metric `json:"metrics"`
}

func read(ctx context.Context, pool *pgxpool.Pool, tenant, business string, from, to time.Time) ([]*metric, error) {
	tx, err := pool.BeginTx(ctx, pgx.TxOptions{AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, err
	}
	defer tx.Rollback(ctx)
	if _, err := tx.Exec(ctx, "select set_config('app.tenant_id', $1, true)", tenant); err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, statement, tenant, business, from, to)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	metrics := []*metric{}
	var last pgtype.UUID
	var current *metric
	for rows.Next() {
		var source pgtype.UUID
		var name string
		var unit *string
		var p point
		if err := rows.Scan(&source, &name, &unit, &p.Timestamp, &p.Value); err != nil {
			return nil, err
		}
		if current == nil || source.Bytes != last.Bytes {
			var id string
			if err := source.AssignTo(&id); err != nil {
				return nil, err
			}
			current = &metric{SourceID: id, Name: name, Unit: unit, Points: make([]point, 0, 32)}
			current.Aggregates = aggregates{Min: p.Value, Max: p.Value, First: p.Value}
			metrics = append(metrics, current)
			last = source
		}
		p.Timestamp = p.Timestamp.UTC()
		current.Points = append(current.Points, p)
		a := &current.Aggregates
		a.Count++
		a.Sum += p.Value
		a.Last = p.Value
		if p.Value < a.Min {
			a.Min = p.Value
		}
		if p.Value > a.Max {
			a.Max = p.Value
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for _, m := range metrics {
		m.Aggregates.Mean = m.Aggregates.Sum / float64(m.Aggregates.Count)
	}
	return metrics, tx.Commit(ctx)
}

func main() {
	config, err := pgxpool.ParseConfig(os.Getenv("PEER_DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	connections, err := strconv.Atoi(os.Getenv("PEER_POOL"))
	if err != nil {
		log.Fatal(err)
	}
	config.MaxConns = int32(connections)
	pool, err := pgxpool.ConnectConfig(context.Background(), config)
	if err != nil {
		log.Fatal(err)
	}
	const prefix = "/api/v1/dashboard/metrics/"
	http.HandleFunc(prefix, func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		business := strings.TrimPrefix(r.URL.Path, prefix)
		from, err := time.Parse(time.RFC3339, query.Get("from"))
		if err != nil {
			http.Error(w, "from", http.StatusBadRequest)
			return
		}
		to, err := time.Parse(time.RFC3339, query.Get("to"))
		if err != nil {
			http.Error(w, "to", http.StatusBadRequest)
			return
		}
		metrics, err := read(r.Context(), pool, r.Header.Get("X-Tenant-ID"), business, from, to)
		if err != nil {
			log.Print(err)
			http.Error(w, "database", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(answer{business, "raw", from, to, metrics})
	})
	log.Fatal(http.ListenAndServe(os.Args[1], nil))
}
