import re
from journeys.persons import DESKTOP, PHONE, Persons, press
from journeys.test_punchout import system, STAFF
AXE = __import__("pathlib").Path(__file__).with_name("axe.min.js").read_text()

def test_look(persons: Persons) -> None:
    with system() as (host, server):
        staff = persons.sign_in(STAFF)
        for size, name in ((DESKTOP, "d"), (PHONE, "p")):
            staff.set_viewport_size(size)
            for n, a in (("list", "/indkoebssystemer"), ("form", "/indkoebssystemer/ny"), ("one", "/indkoebssystemer/1"), ("orders", "/ordrer")):
                staff.goto(a)
                staff.screenshot(path=f"/tmp/look_{n}_{name}.png", full_page=True)
                staff.evaluate(AXE)
                v = staff.evaluate("async () => (await axe.run()).violations.map(v => v.id + ' ' + v.nodes.map(n => n.html).join(' | '))")
                print(n, name, v, staff.evaluate("document.documentElement.scrollWidth - innerWidth"))
        staff.goto("/indkoebssystemer/ny")
        staff.fill("[name=name]", "Prisme")
        staff.get_by_label("OCI 4/5 (SAP)").check(force=True)
        staff.fill("[name=identity]", "slagelse")
        staff.fill("[name=return_hosts]", host)
        press(staff, "Gem forbindelsen")
        staff.set_viewport_size(DESKTOP)
        staff.screenshot(path="/tmp/look_secret.png", full_page=True)
        key = staff.locator("main code").inner_text()
        address = re.search(r"/punchout/oci/\w+", staff.content())[0]
        server.call = {"action": persons.site.address + address, "USERNAME": "slagelse", "PASSWORD": key, "HOOK_URL": f"http://{host}/hook?session=42", "http_content_charset": "utf-8", "~TARGET": "_self"}
        page = persons.visitor(viewport=DESKTOP)
        page.goto(f"http://{host}/")
        page.evaluate("document.querySelector('form').target='_self'; document.querySelector('form').submit()")
        page.wait_for_url("**/soeg")
        base = page.url.removesuffix("/soeg")
        page.screenshot(path="/tmp/look_search.png")
        page.locator("main article a").first.click()
        page.wait_for_url("**/varer/**")
        page.screenshot(path="/tmp/look_product.png", full_page=True)
        page.get_by_role("button", name="Læg i kurven").click()
        for size, name in ((DESKTOP, "d"), (PHONE, "p")):
            page.set_viewport_size(size)
            page.goto(base + "/kurv")
            page.screenshot(path=f"/tmp/look_basket_{name}.png", full_page=True)
            page.evaluate(AXE)
            print("basket", name, page.evaluate("async () => (await axe.run()).violations.map(v => v.id + ' ' + v.nodes.map(n => n.html).join(' | '))"), page.evaluate("document.documentElement.scrollWidth - innerWidth"))
        page.goto(base + "/ordrer")
        page.screenshot(path="/tmp/look_refused.png")
        page.goto(base + "/kurv")
        page.route("**/give-back.js*", lambda route: route.abort())
        page.get_by_role("button", name="Send kurven til indkøbssystemet").click()
        page.get_by_role("button", name="Fortsæt i indkøbssystemet").wait_for()
        page.screenshot(path="/tmp/look_back.png")
        page.evaluate(AXE)
        print("back", page.evaluate("async () => (await axe.run()).violations.map(v => v.id)"))
        page.goto(base + "/soeg")
        page.screenshot(path="/tmp/look_over.png")
    persons.faults.clear()
