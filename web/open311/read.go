package open311

import (
	"strings"
	"time"
)

// specification is what the specification calls itself in a discovery document.
const (
	specification = "http://wiki.open311.org/GeoReport_v2"
	updatesSpec   = "https://github.com/mysociety/fixmystreet/wiki/Open311-FMS---Proposed-differences-to-Open311"
)

// discovery tells where the endpoint is. It names it under both things it
// speaks: readers of XML take a single entry for no list.
func (s *Server) discovery(c *call) (answer, error) {
	changed := instant(s.Changed)
	endpoint := func(spec string) tree {
		return object{
			{"specification", leaf{spec}},
			{"url", leaf{s.BaseURL + Root}},
			{"changeset", changed},
			{"type", leaf{"production"}},
			{"formats", list{"format", []tree{leaf{"text/xml"}, leaf{"application/json"}}}},
		}
	}
	return answer{root: "discovery", tree: object{
		{"changeset", changed},
		{"contact", leaf{s.Contact.In(c.lang)}},
		{"key_service", leaf{s.KeyService.In(c.lang)}},
		{"endpoints", list{"endpoint", []tree{endpoint(specification), endpoint(updatesSpec)}}},
	}}, nil
}

func (s *Server) services(c *call) (answer, error) {
	if _, err := s.query(c); err != nil {
		return answer{}, err
	}
	all, err := s.Desk.Services(c.Context(), c.lang)
	if err != nil {
		return answer{}, err
	}
	l := list{each: "service"}
	for _, v := range all {
		l.items = append(l.items, object{
			{"service_code", leaf{v.Code}},
			{"service_name", leaf{v.Name}},
			{"description", text(v.Description)},
			{"metadata", leaf{v.Metadata}},
			{"type", leaf{"realtime"}},
			{"keywords", text(strings.Join(v.Keywords, ","))},
			{"group", text(v.Group)},
		})
	}
	return answer{root: "services", tree: l}, nil
}

func (s *Server) definition(c *call) (answer, error) {
	if _, err := s.query(c); err != nil {
		return answer{}, err
	}
	d, err := s.Desk.Definition(c.Context(), c.lang, c.id)
	if err != nil {
		return answer{}, noted(err, codeNoSuchService)
	}
	l := list{each: "attribute"}
	for _, a := range d.Attributes {
		values := list{each: "value"}
		for _, v := range a.Values {
			values.items = append(values.items, object{{"key", leaf{v.Key}}, {"name", leaf{v.Name}}})
		}
		l.items = append(l.items, object{
			{"variable", leaf{!a.Fixed}},
			{"code", leaf{a.Code}},
			{"datatype", leaf{string(a.Datatype)}},
			{"required", leaf{a.Required}},
			{"datatype_description", text(a.Hint)},
			{"order", leaf{a.Order}},
			{"description", leaf{a.Description}},
			{"values", values},
		})
	}
	return answer{root: "service_definition", tree: object{{"service_code", leaf{d.Service}}, {"attributes", l}}}, nil
}

func (s *Server) requests(c *call) (answer, error) {
	p, err := s.query(c)
	if err != nil {
		return answer{}, err
	}
	f := p.filter(s.Clock())
	if err := p.failed(); err != nil {
		return answer{}, err
	}
	all, err := s.Desk.Requests(c.Context(), c.lang, f)
	if err != nil {
		return answer{}, noted(err, codeNoSuchService)
	}
	return requestsAnswer(all, f.Extensions), nil
}

func (s *Server) request(c *call) (answer, error) {
	p, err := s.query(c)
	if err != nil {
		return answer{}, err
	}
	r, err := s.Desk.Request(c.Context(), c.lang, c.id)
	if err != nil {
		return answer{}, noted(err, codeNoSuchRequest)
	}
	return requestsAnswer([]Request{r}, p.one("extensions") == "true"), nil
}

func requestsAnswer(all []Request, extensions bool) answer {
	l := list{each: "request"}
	for _, r := range all {
		l.items = append(l.items, r.tree(extensions))
	}
	return answer{root: "service_requests", tree: l}
}

func (r Request) tree(extensions bool) tree {
	var lat, long, zone leaf
	if r.Point != nil {
		lat, long = leaf{r.Point.Lat}, leaf{r.Point.Lon}
	}
	o := object{
		{"service_request_id", leaf{r.ID}},
		{"status", leaf{string(r.Status)}},
		{"status_notes", text(r.StatusNotes)},
		{"service_name", text(r.ServiceName)},
		{"service_code", text(r.Service)},
		{"description", text(r.Description)},
		{"agency_responsible", text(r.Agency)},
		{"service_notice", text(r.Notice)},
		{"requested_datetime", instant(r.Requested)},
		{"updated_datetime", instant(r.Updated)},
		{"expected_datetime", instant(r.Expected)},
		{"address", text(r.Address)},
		{"address_id", text(r.AddressID)},
		{"zipcode", text(r.Zipcode)},
		{"lat", lat},
		{"long", long},
		{"media_url", text(r.MediaURL)},
	}
	if !extensions {
		return o
	}
	if r.Point != nil {
		zone = leaf{"WGS84"}
	}
	notes := list{each: "note"}
	for _, n := range r.Notes {
		notes.items = append(notes.items, object{{"datetime", instant(n.At)}, {"description", text(n.Description)}, {"type", text(n.Type)}})
	}
	return append(o, field{"extended_attributes", object{{"detailed_status", text(string(r.Detail))}, {"datum", zone}}}, field{"notes", notes})
}

// token answers what an id stands for. Reports get their id at once, so none is
// ever given a token; an id is its own, for clients that ask all the same.
func (s *Server) token(c *call) (answer, error) {
	if _, err := s.query(c); err != nil {
		return answer{}, err
	}
	r, err := s.Desk.Request(c.Context(), c.lang, c.id)
	if err != nil {
		return answer{}, noted(err, codeNoSuchRequest)
	}
	return answer{root: "service_requests", tree: list{"request", []tree{object{{"service_request_id", leaf{r.ID}}, {"token", leaf{c.id}}}}}}, nil
}

func (s *Server) updates(c *call) (answer, error) {
	p, err := s.query(c)
	if err != nil {
		return answer{}, err
	}
	f := p.updates(s.Clock())
	if err := p.failed(); err != nil {
		return answer{}, err
	}
	all, err := s.Desk.Updates(c.Context(), c.lang, f)
	if err != nil {
		return answer{}, err
	}
	l := list{each: "request_update"}
	for _, u := range all {
		l.items = append(l.items, object{
			{"update_id", leaf{u.ID}},
			{"service_request_id", leaf{u.Request}},
			{"status", leaf{string(u.Status)}},
			{"updated_datetime", instant(u.At.Truncate(time.Second))},
			{"description", text(u.Description)},
			{"media_url", text(u.MediaURL)},
		})
	}
	return answer{root: "service_request_updates", tree: l}, nil
}
