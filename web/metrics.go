package web

import (
	"context"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are what an operator watches, in a registry of our own.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
}

// Gauge is a figure read when metrics are collected, such as the size of the
// ledger or the number of open database connections.
type Gauge struct {
	Name string // without the prefix "quanxiang_"
	Help string
	Read func(context.Context) (float64, error)
}

// gaugeTime bounds how long a collection may wait for one figure.
const gaugeTime = 2 * time.Second

func newMetrics(version string, gauges []Gauge) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "quanxiang_http_requests_total",
			Help: "Requests by route pattern, method and status.",
		}, []string{"pattern", "method", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "quanxiang_http_request_duration_seconds",
			Help:    "Time to answer by route pattern.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"pattern"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "quanxiang_build_info",
		Help:        "Always 1; the labels name the build.",
		ConstLabels: prometheus.Labels{"version": version, "go": runtime.Version()},
	})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.duration, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, g := range gauges {
		m.registry.MustRegister(figure{prometheus.NewDesc("quanxiang_"+g.Name, g.Help, nil, nil), g.Read})
	}
	return m
}

// figure collects a Gauge. A figure that cannot be read makes the collection
// report the error instead of a stale number.
type figure struct {
	desc *prometheus.Desc
	read func(context.Context) (float64, error)
}

// Describe implements prometheus.Collector.
func (f figure) Describe(ch chan<- *prometheus.Desc) { ch <- f.desc }

// Collect implements prometheus.Collector.
func (f figure) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), gaugeTime)
	defer cancel()
	v, err := f.read(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(f.desc, err)
		return
	}
	ch <- prometheus.MustNewConstMetric(f.desc, prometheus.GaugeValue, v)
}

// observe counts one answered request. Unknown methods share a label so that a
// scanner cannot grow the series.
func (m *metrics) observe(pattern, method string, status int, took time.Duration) {
	if pattern == "" {
		pattern = "none"
	}
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		method = "other"
	}
	m.requests.WithLabelValues(pattern, method, strconv.Itoa(status)).Inc()
	m.duration.WithLabelValues(pattern).Observe(took.Seconds())
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}
